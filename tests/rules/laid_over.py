"""A sheet and a folder of rows laid over the rules: a criterion with a class nobody has used, an
analyte, a co-medication with its own unit and interval, and a third paper.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl

ROOT = Path(__file__).parents[2]
PATIENTS = 14
CRITERIA = """\
criterion,month,window_months,days_per_month,hb_statistic,label_en,label_zh,note,source
strict2026,6,3,30.4375,visit,Strict 2026,严格标准2026,,invented for a test
"""
LEVELS = """\
criterion,level,basis,phenotype,operator,threshold,also,counts_as_response,sentence_en,sentence_zh,\
source,class_en,class_zh
strict2026,CR,hb,NTDT,>=,40,,yes,Hb rose by 40 g/L or more,Hb升高≥40 g/L,\
invented,complete response,完全反应
strict2026,PR,hb,NTDT,>=,10,,yes,Hb rose by 10 to under 40 g/L,Hb升高10–<40 g/L,\
invented,partial response,部分反应
strict2026,NR,hb,NTDT,<,10,,no,Hb rose by less than 10 g/L,Hb升高<10 g/L,invented,,
"""
COLOURS = """kind,meaning,colour,symbol,dash,pattern,source
response,CR,#117733,hexagram,solid,,invented
"""
FIELDS = """field,table,kind,unit,warn_low,warn_high,hard_low,hard_high,label_en,label_zh,source
haptoglobin_g_per_l,visits,number,g/L,,4,0,20,Haptoglobin (g/L),结合珠蛋白（g/L）,invented
"""
UNITS = """quantity,fields,unit,spellings,factor,low,high,found_by,source
haptoglobin,haptoglobin_g_per_l,g/L,g/L,1,0,5,value,canonical
haptoglobin,haptoglobin_g_per_l,mg/dL,mg/dL,0.01,5,500,header,1 dL = 0.1 L
"""
ALIASES = """field,alias,language,strength,source
haptoglobin_g_per_l,haptoglobin,en,strong,invented
haptoglobin_g_per_l,结合珠蛋白,zh,strong,invented
"""
DRUGS = """drug,class,names,dose_unit,mg_per_unit,interval_days,source
mitapivat,other,mitapivat|米他匹伐,mg,1,0.5,invented: twice a day
imetelstat,other,imetelstat,mg/kg,1,28,invented: every four weeks
epoetin,other,epoetin|EPO|促红素,IU,,7,invented: no mass
"""
PAPER = {
    "paper": "paper,label_en,label_zh,source\nExample2026,Example 2026,示例2026,invented\n",
    "published": "id,paper,item,row,group,timepoint_months,statistic,value,unit,operator,note\n"
    "E26-1,Example2026,Table 1,CR,all,6,n,14,patients,,\n"
    "E26-2,Example2026,Table 1,CR,all,6,count,5,patients,,\n"
    "E26-3,Example2026,Table 1,CR,all,6,percent,36,%,,\n",
    "links": "link,select,result,column,where,criterion,factor\n"
    "cr,id=E26-3,response_rates,percent,population=all;denominator=evaluable;level={row},strict2026,1\n",
    "overlays": "link,select,result,column,where,criterion,factor\n"
    "cr-2026,id=E26-3,response_rates,percent,population=all;level={row},strict2026,1\n"
    "total-2026,id=E26-1,response_rates,total,population=all,strict2026,1\n",
    "checks": "check,paper,kind,each,target,first,second,total,other,options,importance,remark\n"
    "share,Example2026,percent,,id=E26-3,id=E26-2,,id=E26-1,,,high,\n",
    "words": "code,en,zh\noverlay.people.cr-2026,everybody,全部患者\n",
}


def lay_over(folder: Path) -> Path:
    """Write the rows; the folder is the value of ``THAL_RULES``."""
    for name, text in (
        ("criteria", CRITERIA),
        ("criteria_levels", LEVELS),
        ("colours", COLOURS),
        ("fields", FIELDS),
        ("units", UNITS),
        ("aliases", ALIASES),
        ("drugs", DRUGS),
    ):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    paper = folder / "papers" / "example2026"
    paper.mkdir(parents=True)
    for name, text in PAPER.items():
        (paper / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def answer_under(folder: Path, module: str) -> dict:
    """What a module of these tests prints (JSON) in a process that lays the folder over the
    rules.
    """
    settings = {"THAL_RULES": str(folder), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | settings,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def workbook() -> bytes:
    """14 NTDT patients, Hb up by 45, 20 or 5 g/L, haptoglobin in mg/dL; a sheet of drugs."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        [
            "ID",
            "phenotype",
            "genotype",
            "sex",
            "weight (kg)",
            "Hb 0M (g/L)",
            "Hb 6M (g/L)",
            "HbF 0M (%)",
            "dose 0M (mg/d)",
            "Haptoglobin 0M (mg/dL)",
            "结合珠蛋白 6M (mg/dL)",
            "withdrawn month",
        ]
    )
    for number in range(PATIENTS):
        gain = (45, 20, 5)[number % 3]
        sheet.append(
            [
                f"P{number:02}",
                "NTDT",
                "CD41-42/-28",
                "female" if number % 2 else "male",
                50,
                70 + number,
                70 + number + gain,
                5 + number,
                50,
                20 + number,
                60 + 3 * number,
                9 if number == 13 else None,
            ]
        )
    drugs = book.create_sheet("treatments")
    drugs.append(["ID", "drug", "start month", "dose"])
    for name, dose in (("Mitapivat", 50), ("imetelstat", 9), ("EPO", 10000), ("deferasirox", 1000)):
        drugs.append(["P00", name, 1, dose])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
