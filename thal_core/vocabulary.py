"""Column names and enumerations: the words every room of the library meets in.

The meaning, unit, limits and labels of each column are rows of ``rules/fields.csv``.
"""

from __future__ import annotations

from enum import StrEnum

DAYS_PER_MONTH = 30.4375  # 365.25 / 12


class Phenotype(StrEnum):
    TDT = "TDT"
    NTDT = "NTDT"


class Response(StrEnum):
    """Response classes, best first. ``R`` is the one positive class of BELIEVE and BEYOND."""

    R = "R"
    MAR = "MaR"
    MIR = "MiR"
    SLR = "SLR"
    NR = "NR"
    NE = "NE"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class HbTiming(StrEnum):
    PRE = "pre_transfusion"
    POST = "post_transfusion"
    UNTRANSFUSED = "untransfused"
    UNKNOWN = "unknown"


LANGUAGES = ("en", "zh")

PATIENT_COLUMNS = (
    "center", "sex", "age_years", "weight_kg", "phenotype", "splenectomy", "splenectomy_month",
    "genotype", "allele_1", "allele_2", "zygosity", "beta_class", "beta_class_coarse",
    "genotype_group_2024", "alpha_genotype", "dose_start_mg_per_day", "dose_last_mg_per_day",
    "duration_months", "transfusion_units_before", "transfusion_months_before",
    "transfusion_units_after", "transfusion_months_after", "transfusion_reduction_percent",
    "transfusion_free_from_month", "withdrawn_month", "withdrawal_reason", "facial_change",
    "fatigue_improved", "origin",
)

ANALYTES = (
    "hb_g_per_l", "hbf_percent", "hba2_percent", "hbe_percent", "ferritin_ng_per_ml",
    "rbc_10e12_per_l", "nrbc_per_100_wbc", "reticulocytes_percent", "mcv_fl", "mch_pg",
    "mchc_g_per_l", "tbil_umol_per_l", "ibil_umol_per_l", "ldh_u_per_l", "alt_u_per_l",
    "ast_u_per_l", "creatinine_umol_per_l", "wbc_10e9_per_l", "anc_10e9_per_l",
    "platelets_10e9_per_l", "dose_mg_per_day", "weight_kg", "spleen_cm2",
    "spleen_cm_below_margin", "lic_mg_per_g", "cardiac_t2star_ms",
)
VISIT_COLUMNS = ("patient_id", "month", "day", "nominal", "on_drug", "hb_timing", *ANALYTES)
TRANSFUSION_COLUMNS = ("patient_id", "month", "day", "units", "volume_ml")
TREATMENT_COLUMNS = ("patient_id", "drug", "start_month", "stop_month", "dose_mg_per_day", "reason")
EVENT_COLUMNS = ("patient_id", "month", "end_month", "event", "grade", "action", "outcome")
EXTRA_COLUMNS = ("patient_id", "month", "column", "value")
ISSUE_COLUMNS = (
    "severity", "code", "sheet", "cell", "row", "column", "patient_id", "raw", "message", "action",
)

TEXT_COLUMNS = frozenset({
    "patient_id", "center", "sex", "phenotype", "genotype", "allele_1", "allele_2", "zygosity",
    "beta_class", "beta_class_coarse", "genotype_group_2024", "alpha_genotype",
    "withdrawal_reason", "origin", "hb_timing", "drug", "reason", "event", "action", "outcome",
    "column", "value",
})
BOOLEAN_COLUMNS = frozenset({"splenectomy", "facial_change", "fatigue_improved", "on_drug", "nominal"})
