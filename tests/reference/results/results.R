# Every result table of three cohorts, computed from the contract's words alone. Run in this folder:
#   Rscript results.R [cohort ...]
# (in a UTF-8 locale: LC_ALL=C.UTF-8)
# reads <cohort>/*.csv (the canonical tables), writes <cohort>/expected/<result>.csv and R_VERSION.txt.
# Needs R >= 4.1 with lmerTest, car, survival, effectsize, MASS.
suppressPackageStartupMessages({ library(MASS); library(survival); library(lmerTest); library(car); library(effectsize) })
options(warn = -1, digits = 15)
DAYS <- 365.25 / 12; MONTH <- 6; Z <- qnorm(.975)

stack <- function(rows) if (length(rows)) do.call(rbind, lapply(rows, function(r) as.data.frame(r, stringsAsFactors = FALSE)))
# differences as R's own defaults take them: no digits.rank
minus <- function(a, b) a - b

# one cohort ----------------------------------------------------------------------------
read_cohort <- function(folder) {
  get <- function(name) read.csv(file.path(folder, paste0(name, ".csv")), na.strings = "", encoding = "UTF-8",
                                 colClasses = c(patient_id = "character"))
  co <- lapply(setNames(nm = c("patients", "visits", "transfusions", "treatments", "events")), get)
  co$id <- co$patients$patient_id
  v <- co$visits
  co$kept <- v[is.na(v$nominal) | v$nominal == "True", ]
  co$marks <- lapply(seq_along(co$id), function(i) marks(co, i))
  co$kept$on <- (is.na(co$kept$on_drug) | co$kept$on_drug == "True" | co$kept$month <= 0) & !off_drug(co, co$kept)
  for (b in c("splenectomy", "fatigue_improved", "facial_change")) co$patients[[b]] <- co$patients[[b]] == "True"
  co
}
people <- function(co, name) if (name == "all") co$id else co$id[which(co$patients$phenotype == name)]
POPULATIONS <- c("all", "TDT", "NTDT")
# analyte at a month, on the drug, one value a patient
at <- function(co, analyte, month) {
  v <- co$kept[co$kept$on & co$kept$month == month & !is.na(co$kept[[analyte]]), ]
  setNames(v[[analyte]][match(co$id, v$patient_id)], co$id)
}
months_of <- function(co, analyte) sort(unique(co$kept$month[co$kept$on & !is.na(co$kept[[analyte]])]))
# one course a patient: a dose taken, a stop (withdrawal, else the end of the last thalidomide step, else the time on
# treatment; a later one of these closes a restart), a dose of 0. Off the drug: from a 0 on, and 30 days after a stop,
# until a later dose; a dose within 30 days after the stated stop is no restart; of stops in a row the first counts.
time_of <- function(v) ifelse(is.na(v$day), v$month, v$day / DAYS)
steps_of <- function(co, i) {
  s <- co$treatments[co$treatments$drug %in% "thalidomide" & co$treatments$patient_id == co$id[i], ]
  s$from <- ifelse(is.na(s$start_month), 0, s$start_month); s[order(s$from), ]
}
end_of_steps <- function(co, i) {
  s <- steps_of(co, i); dosed <- which(!(s$dose_mg_per_day %in% 0)); if (!length(dosed)) return(NA)
  last <- s[tail(dosed, 1), ]; zero <- s$from[s$dose_mg_per_day %in% 0]
  if (!is.na(last$stop_month)) last$stop_month else if (length(zero) && max(zero) >= last$from) max(zero) else NA
}
first_known <- function(...) { x <- c(...); x <- x[!is.na(x)]; if (length(x)) x[1] else NA }
stop_stated <- function(co, i) first_known(co$patients$withdrawn_month[i], end_of_steps(co, i), co$patients$duration_months[i])
stated_stop <- function(co) vapply(seq_along(co$id), function(i) as.numeric(stop_stated(co, i)), 0)
marks <- function(co, i) {
  v <- co$visits[co$visits$patient_id == co$id[i] & !is.na(co$visits$dose_mg_per_day) & !is.na(co$visits$month), ]
  s <- steps_of(co, i); at <- time_of(v); dose <- v$dose_mg_per_day; stop <- stop_stated(co, i)
  soon <- !is.na(stop) & dose > 0 & at > stop & at <= stop + 30 / DAYS
  dosed <- !(s$dose_mg_per_day %in% 0); pause <- s$stop_month[dosed][which(c(s$from[dosed][-1], NA) > s$stop_month[dosed])]
  later <- c(end_of_steps(co, i), co$patients$duration_months[i]); later <- later[!is.na(later) & !is.na(stop) & later > stop]
  m <- rbind(data.frame(time = c(at[dose > 0 & !soon], s$from[dosed]), kind = rep("a dose", sum(dose > 0 & !soon) + sum(dosed))),
             data.frame(time = c(stop[!is.na(stop)], later, pause), kind = rep("b stop", sum(!is.na(stop)) + length(later) + length(pause))),
             data.frame(time = c(at[dose == 0 & at > 0], s$from[!dosed]), kind = rep("c zero", sum(dose == 0 & at > 0) + sum(!dosed))))
  m <- m[order(m$time, m$kind), ]; off <- m$kind != "a dose"
  m[!(off & c(FALSE, head(off, -1))), ]
}
off_drug <- function(co, v) mapply(function(who, t) {
  m <- co$marks[[match(who, co$id)]]; m <- m[m$time <= t + 1e-9, ]; if (is.na(t) || t <= 1e-6 || !nrow(m)) return(FALSE)
  now <- m[nrow(m), ]; now$kind == "c zero" || (now$kind == "b stop" && t > now$time + 30 / DAYS + 1e-6)
}, v$patient_id, time_of(v))
last_dose <- function(co) vapply(co$marks, function(m) if (nrow(m) && m$kind[nrow(m)] != "a dose") m$time[nrow(m)] else NA_real_, 0)
# stopped for good: a stop, a reason, the end of the steps or a last dose of 0 is recorded, or they were seen off the drug;
# not who takes it again
gone_for_good <- function(co) {
  ends <- vapply(seq_along(co$id), function(i) as.numeric(end_of_steps(co, i)), 0); last <- last_dose(co)
  zero <- vapply(co$marks, function(m) nrow(m) > 0 && m$kind[nrow(m)] == "c zero", TRUE)
  again <- vapply(seq_along(co$id), function(i) {
    m <- co$marks[[i]]; stop <- stop_stated(co, i)
    nrow(m) > 0 && m$kind[nrow(m)] == "a dose" && !is.na(stop) && any(m$kind == "a dose" & m$time > stop + 30 / DAYS) }, TRUE)
  p <- co$patients; seen <- tapply(time_of(co$visits), co$visits$patient_id, max)[co$id]
  (!is.na(p$withdrawn_month) | !is.na(p$withdrawal_reason) | !is.na(ends) | zero | (unname(seen) > last + 30 / DAYS) %in% TRUE) & !again
}
last_visit <- function(co) { m <- tapply(co$visits$month, co$visits$patient_id, max); unname(m[co$id]) }

# transfusions of the 3 months that end with the first dose and with month 6, and rates over everything recorded
window_units <- function(co) {
  t <- co$transfusions; t$time <- ifelse(is.na(t$day), t$month, t$day / DAYS); t <- t[!is.na(t$units), ]; p <- co$patients; n <- length(co$id)
  sheet <- unique(t$month[is.na(t$day)])                                  # months of which anybody has a total: a blank one is unknown
  needed <- function(from, to) sheet[sheet > from + 1e-6 & sheet <= to + 1e-6]
  out <- data.frame(before = rep(NA_real_, n), after = NA_real_, rate_before = NA_real_, rate_after = NA_real_, given = FALSE, early = NA_real_, refuted = FALSE)
  f <- p$transfusion_free_from_month
  for (i in seq_len(n)) {
    own <- t[t$patient_id == co$id[i], ]
    if (!nrow(own)) next
    dated <- any(!is.na(own$day))
    until <- if (dated) max(own$time, last_visit(co)[i], na.rm = TRUE) else max(own$time)
    b <- own[own$time > -3 + 1e-6 & own$time <= 1e-6, ]; a <- own[own$time > 3 + 1e-6 & own$time <= 6 + 1e-6, ]
    if (nrow(b) && (dated || all(needed(-3, 0) %in% b$month))) out$before[i] <- sum(b$units)
    if (if (dated) until >= 6 - 1e-6 else 6 %in% sheet && all(needed(3, 6) %in% a$month)) out$after[i] <- sum(a$units)
    out$given[i] <- any(a$units > 0)
    if (any(own$time <= 1e-6)) out$early[i] <- max(own$units[own$time <= 1e-6])
    if (!is.na(f[i])) out$refuted[i] <- any(own$units > 0 & own$time > f[i] + 1e-6 & own$time <= max(6, f[i] + 2) + 1e-6)
    early <- own[own$time <= 0, ]; late <- own[own$time > 0, ]
    if (nrow(early) && until > 0) {
      out$rate_before[i] <- sum(early$units) / (if (dated) -min(early$time) else nrow(early))
      out$rate_after[i] <- sum(late$units) / until
    }
  }
  tb <- p$transfusion_units_before / p$transfusion_months_before; ta <- p$transfusion_units_after / p$transfusion_months_after
  both <- !is.na(tb) & !is.na(ta)
  out$rate_before[both] <- tb[both]; out$rate_after[both] <- ta[both]
  less <- 100 * (1 - out$after / out$before); less[is.nan(less) | out$before == 0] <- NA
  of_totals <- 100 * (1 - ta / tb); stated <- p$transfusion_reduction_percent
  less <- ifelse(is.na(less) & both, of_totals, less); less <- ifelse(is.na(less), stated, less)
  whole <- ifelse(is.na(of_totals), stated, of_totals); W <- p$transfusion_months_after
  out$refuted_by_total <- whole < 100 * (1 - f / W) - 5; out$refuted_by_total[is.na(out$refuted_by_total)] <- FALSE
  # the better evidence is written over the other
  free <- rep(NA, n); put <- function(free, where, value) { free[which(where)] <- value; free }
  free <- put(free, stated >= 100 & (is.na(f) | f <= MONTH), TRUE)
  free <- put(free, f > MONTH, FALSE)
  free <- put(free, p$transfusion_units_after == 0 & (W >= MONTH | W == 1), TRUE)
  free <- put(free, out$given, FALSE)
  free <- put(free, f <= MONTH & !out$refuted & !out$refuted_by_total, TRUE)
  free <- put(free, out$after == 0, TRUE)
  tdt <- p$phenotype %in% "TDT"; seen <- co$kept[co$kept$on, ]; seen <- tapply(seen$month, seen$patient_id, max)[co$id]
  if (any(tdt) && mean(!is.na(f[tdt])) >= .5)
    free <- put(free, tdt & is.na(f) & is.na(free) & pmax(unname(seen), p$duration_months, na.rm = TRUE) >= MONTH, FALSE)
  out$less <- round(less, 9); out$free <- free %in% TRUE; out$known_free <- free
  out$no_base <- tdt & pmax(out$early, p$transfusion_units_before, na.rm = TRUE) %in% 0
  out
}
# the stated month of freedom where no transfusion within two months, and no total, refutes it
free_from <- function(co) {
  f <- co$patients$transfusion_free_from_month; t <- co$transfusions; time <- ifelse(is.na(t$day), t$month, t$day / DAYS)
  hit <- vapply(seq_along(co$id), function(i) any(t$patient_id == co$id[i] & t$units > 0 & time > f[i] + 1e-6 & time <= f[i] + 2 + 1e-6, na.rm = TRUE), TRUE)
  ifelse(hit | co$window$refuted_by_total, NA, f)
}
NO_EFFECT <- "no response"
# yang2024 as applied: TDT by transfusion alone, NTDT by Hb alone; stopping for lack of effect before the month is NR
classify <- function(co, t) {
  p <- co$patients; last <- last_dose(co)
  off <- MONTH * DAYS - last * DAYS > 30; off[is.na(off)] <- FALSE
  stopped <- off & (!is.na(p$withdrawn_month) | !is.na(p$withdrawal_reason) | (last_visit(co) - last) * DAYS > 30)
  given <- co$transfusions[which(co$transfusions$units > 0), ]
  day <- ifelse(is.na(given$day), given$month * DAYS, given$day)
  recent <- co$id %in% given$patient_id[(day > -56 & day <= 0) | (day > MONTH * DAYS - 56 & day <= MONTH * DAYS)]
  gain <- round(at(co, "hb_g_per_l", MONTH) - at(co, "hb_g_per_l", 0), 9)   # exactly 10 and 20 g/L stay exact
  tdt <- p$phenotype %in% "TDT"; ntdt <- p$phenotype %in% "NTDT"
  class <- rep("NE", length(co$id))
  class[tdt] <- ifelse(t$free, "MaR", ifelse(is.na(t$less), "NE", ifelse(t$less >= 50, "MiR", ifelse(t$less >= 25, "SLR", "NR"))))[tdt]
  by_hb <- ifelse(is.na(gain), "NE", ifelse(gain >= 20, "MaR", ifelse(gain >= 10, "MiR", "NR")))
  class[ntdt] <- by_hb[ntdt]; class[ntdt & recent] <- "NE"; class[off] <- "NE"
  class[(tdt | ntdt) & class == "NE" & p$withdrawal_reason %in% NO_EFFECT & !is.na(last) & last < MONTH] <- "NR"
  class[t$no_base] <- "NE"
  list(class = class, stopped = stopped)
}
# bounds over what is not known; classes of a phenotype that an unknown patient may still be in
bounds <- function(co, mine) {
  ph <- co$patients$phenotype[mine]; class <- co$class[mine]; counted <- ph %in% c("TDT", "NTDT"); unknown <- counted & class == "NE"
  not_free <- co$window$known_free[mine] %in% FALSE & !co$stopped[mine]
  may <- list(MaR = !(ph %in% "TDT" & not_free), MiR = rep(TRUE, length(ph)), SLR = ph %in% "TDT", NR = rep(TRUE, length(ph)))
  may$ORR <- may$MiR
  lapply(setNames(nm = names(may)), function(l) {
    known <- if (l == "ORR") class %in% c("MaR", "MiR", "SLR") else class == l
    list(percent_low = 100 * sum(known & counted) / sum(counted), percent_high = 100 * sum(counted & (known | (unknown & may[[l]]))) / sum(counted), n_unknown = sum(unknown))
  })
}
wilson <- function(n, total) {
  if (total == 0) return(list(percent = NA, conf_low = NA, conf_high = NA))
  ci <- prop.test(n, total, correct = FALSE)$conf.int
  list(percent = 100 * n / total, conf_low = 100 * ci[1], conf_high = 100 * ci[2])
}
mean_ci <- function(x) if (length(x) > 1) mean(x) + c(-1, 1) * qt(.975, length(x) - 1) * sd(x) / sqrt(length(x)) else c(NA, NA)

# tests: NA where R refuses -------------------------------------------------------------
refuse <- function(expr) tryCatch(expr, error = function(e) NULL)
NOTHING <- list(statistic = NA, df = NA, p_value = NA, std_error = NA, effect = NA, conf_low = NA, conf_high = NA)
G <- list(hedges_g = NA, hedges_g_low = NA, hedges_g_high = NA)
hedges <- function(x, y) {   # of three values the small-sample factor is 0: no g
  g <- refuse(hedges_g(x, y, pooled_sd = TRUE))
  if (is.null(g) || length(c(x, y)) < 4) return(G)
  # effectsize searches its limits coarsely (1.1040 for 1.10135 once): the same equations, solved to the end
  df <- length(x) + length(y) - 2; root <- sqrt(1 / length(x) + 1 / length(y)); J <- exp(lgamma(df / 2) - log(df / 2) / 2 - lgamma((df - 1) / 2))
  t <- t.test(x, y, var.equal = TRUE)$statistic[[1]]
  limit <- function(p) uniroot(function(ncp) pt(t, df, ncp) - p, t + c(-1, 1) * (10 + abs(t)), tol = 1e-12)$root
  ends <- if (abs(t) < 15) root * J * c(limit(.975), limit(.025)) else c(g$CI_low, g$CI_high)
  list(hedges_g = g$Hedges_g, hedges_g_low = ends[1], hedges_g_high = ends[2])
}
interval <- function(w) {   # R widens the level where 95 % cannot be had: then there is no 95 % interval
  level <- attr(w$conf.int, "conf.level")
  if (is.null(level) || level < .95 - 1e-9) c(NA, NA) else as.numeric(w$conf.int)
}
# among ties R's interval ends at the extreme difference where even that shift does not reach 1.96
reached <- function(x, y) {
  n <- length(x); m <- length(y); r <- rank(c(x, y))
  if (max(n, m) < 50 && !any(duplicated(r))) return(TRUE)
  z <- function(d) { r <- rank(c(x - d, y)); t <- table(r); w <- sum(r[seq_len(n)]) - n * (n + 1) / 2 - n * m / 2
    (w - sign(w) / 2) / sqrt(n * m / 12 * (n + m + 1 - sum(t^3 - t) / ((n + m) * (n + m - 1)))) }
  z(min(x) - max(y) - 1e-6) > Z && z(max(x) - min(y) + 1e-6) < -Z
}
two_groups <- function(method, x, y) {   # three in each group, else no test
  if (min(length(x), length(y)) < 3) return(NOTHING)
  if (method == "mann_whitney") {
    w <- wilcox.test(x, y); e <- refuse(wilcox.test(x, y, conf.int = TRUE, tol.root = 1e-13))   # refuses constant data
    i <- if (is.null(e) || !reached(x, y)) c(NA, NA) else interval(e)
    # Hodges and Lehmann's own definition; among ties R's root search stops anywhere between two middle differences
    return(modifyList(NOTHING, list(statistic = w$statistic[[1]], p_value = if (is.nan(w$p.value)) NA else w$p.value,
                                    effect = median(outer(x, y, "-")), conf_low = i[1], conf_high = i[2])))
  }
  t <- refuse(t.test(x, y, var.equal = method == "student"))
  if (is.null(t)) return(modifyList(NOTHING, list(effect = if (length(x) && length(y)) mean(x) - mean(y) else NA)))
  list(statistic = t$statistic[[1]], df = t$parameter[[1]], p_value = t$p.value, std_error = t$stderr, effect = mean(x) - mean(y),
       conf_low = t$conf.int[1], conf_high = t$conf.int[2])
}
one_sample <- function(method, d) {
  if (length(d) < 3) return(NOTHING)   # three pairs, else no test
  if (method == "wilcoxon") {
    if (all(d == 0)) return(NOTHING)
    ranked <- d[d != 0]; walsh <- outer(ranked, ranked, "+") / 2
    p <- wilcox.test(d)$p.value
    w <- refuse(wilcox.test(d, conf.int = TRUE, tol.root = 1e-13)); i <- if (is.null(w)) c(NA, NA) else interval(w)
    return(modifyList(NOTHING, list(p_value = p, effect = median(walsh[lower.tri(walsh, diag = TRUE)]), conf_low = i[1], conf_high = i[2])))
  }
  t <- refuse(t.test(d))
  if (is.null(t)) return(modifyList(NOTHING, list(effect = mean(d))))
  list(statistic = t$statistic[[1]], df = t$parameter[[1]], p_value = t$p.value, std_error = t$stderr, effect = mean(d),
       conf_low = t$conf.int[1], conf_high = t$conf.int[2])
}
# fisher.test stops its root search at 1e-4: the same equations, solved to the end
odds_ratio <- function(x) {
  m <- sum(x[, 1]); n <- sum(x[, 2]); k <- sum(x[1, ]); q <- x[1, 1]
  support <- max(0, k - n):min(k, m); logdc <- dhyper(support, m, n, k, log = TRUE)
  density <- function(lt) { d <- logdc + lt * support; d <- exp(d - max(d)); d / sum(d) }
  root <- function(f) exp(uniroot(f, c(-60, 60), tol = 1e-14)$root)
  c(if (q == min(support)) 0 else if (q == max(support)) Inf else root(function(lt) sum(support * density(lt)) - q),
    if (q == min(support)) 0 else root(function(lt) sum(density(lt)[support >= q]) - .025),
    if (q == max(support)) Inf else root(function(lt) sum(density(lt)[support <= q]) - .025))
}

# results -------------------------------------------------------------------------------
RESULTS <- list()

RESULTS$response_by_patient <- function(co) data.frame(patient_id = co$id, response = co$class)

RESULTS$response_rates <- function(co) {
  rows <- list()
  for (p in POPULATIONS) {
    c1 <- co$class[co$id %in% people(co, p)]
    if (!length(c1)) next
    for (d in c("evaluable", "enrolled")) {
      total <- if (d == "evaluable") sum(c1 != "NE") else length(c1)
      levels <- c("ORR", "MaR", "MiR", "SLR", "NR", if (d == "enrolled") "NE")
      for (l in levels) {
        n <- if (l == "ORR") sum(c1 %in% c("MaR", "MiR", "SLR")) else sum(c1 == l)
        around <- if (l == "NE") list(percent_low = NA, percent_high = NA, n_unknown = NA) else bounds(co, co$id %in% people(co, p))[[l]]
        rows <- c(rows, list(c(list(population = p, denominator = d, level = l, n = n, total = total), wilson(n, total), around)))
      }
    }
  }
  stack(rows)
}

RESULTS$summary <- function(co) {
  share <- function(item, n, total, detail = "") c(list(item = item, detail = detail, n = n, total = total, value = wilson(n, total)$percent),
                                                     wilson(n, total)[c("conf_low", "conf_high")])
  c1 <- co$class; evaluable <- sum(c1 != "NE"); respond <- sum(c1 %in% c("MaR", "MiR", "SLR")); p <- co$patients
  rows <- list(share("evaluable", evaluable, length(c1)), share("orr_evaluable", respond, evaluable),
               share("orr_enrolled", respond, length(c1)), share("mar", sum(c1 == "MaR"),
                     evaluable + sum(c1 == "NE" & p$phenotype %in% "TDT" & co$window$known_free %in% FALSE & !co$stopped), "MaR"))
  tdt <- p$phenotype %in% "TDT" & !co$stopped & !is.na(co$window$known_free)
  rows <- c(rows, list(share("transfusion_free", sum(co$window$free[tdt]), sum(tdt), MONTH)))
  ntdt <- people(co, "NTDT"); b <- at(co, "hb_g_per_l", 0)[ntdt]; a <- at(co, "hb_g_per_l", MONTH)[ntdt]; ok <- !is.na(a) & !is.na(b)
  for (part in list(list("before", b[ok]), list("after", a[ok]), list("change", (a - b)[ok]))) {
    ci <- mean_ci(part[[2]])
    rows <- c(rows, list(list(item = paste0("hb_ntdt_", part[[1]]), detail = MONTH, n = sum(ok), total = length(ntdt), value = mean(part[[2]]),
                              conf_low = ci[1], conf_high = ci[2])))
  }
  f <- co$kept[!is.na(co$kept$ferritin_ng_per_ml), ]; f <- f[order(f$month), ]
  first <- f[f$month == 0, ]; later <- f[f$month > 0, ]; later <- later[!duplicated(later$patient_id, fromLast = TRUE), ]
  both <- merge(first, later, by = "patient_id", suffixes = c("_b", "_l"))
  rows <- c(rows, list(list(item = "ferritin_before", detail = "median", n = nrow(both), total = length(co$id), value = median(both$ferritin_ng_per_ml_b), conf_low = NA, conf_high = NA),
                       list(item = "ferritin_last", detail = "median", n = nrow(both), total = length(co$id), value = median(both$ferritin_ng_per_ml_l), conf_low = NA, conf_high = NA)))
  gone <- gone_for_good(co)
  rows <- c(rows, list(share("stopped", sum(gone), length(c1))))
  why <- ifelse(is.na(p$withdrawal_reason), "not recorded", p$withdrawal_reason)[gone]
  for (w in unique(why)) rows <- c(rows, list(share("stopped_because", sum(why == w), length(c1), w)))
  stack(rows)
}

RESULTS$baseline_table <- function(co) {
  p <- co$patients; rows <- list(); groups <- c("all", "MaR", "other"); mine <- list(rep(TRUE, length(co$id)), co$group %in% "MaR", co$group %in% "other")
  for (v in c("sex", "phenotype", "splenectomy", "beta_class", "center")) {
    x <- p[[v]]; if (v == "splenectomy") x <- ifelse(x, "yes", "no")
    if (all(is.na(x))) next
    tab <- table(factor(x), factor(co$group, c("MaR", "other")))
    shares <- prop.table(tab, 2)[-1, , drop = FALSE]; a <- shares[, 1]; b <- shares[, 2]
    S <- (diag(a, length(a)) - a %o% a + diag(b, length(b)) - b %o% b) / 2
    smd <- if (length(a)) sqrt(drop(t(a - b) %*% ginv(S) %*% (a - b))) else 0
    filled <- tab[rowSums(tab) > 0, , drop = FALSE]
    pv <- if (all(colSums(filled) > 0) && nrow(filled) > 1) fisher.test(filled, workspace = 2e7)$p.value else NA
    for (level in rownames(tab)) for (g in 1:3) {
      own <- x[mine[[g]]]
      rows <- c(rows, list(list(variable = v, level = level, group = groups[g], n = sum(own %in% level), missing = sum(is.na(own)), mean = NA, sd = NA,
                                median = NA, q1 = NA, q3 = NA, percent = 100 * sum(own %in% level) / sum(!is.na(own)), smd = smd, p_value = pv)))
    }
  }
  for (v in c("age_years", "weight_kg", "dose_start_mg_per_day", "duration_months", analytes(co))) {
    x <- if (v %in% names(p)) p[[v]] else at(co, v, 0)
    if (all(is.na(x))) next
    a <- x[mine[[2]]]; b <- x[mine[[3]]]; a <- a[!is.na(a)]; b <- b[!is.na(b)]
    spread <- sqrt((var(a) + var(b)) / 2)
    t <- two_groups("welch", a, b)
    for (g in 1:3) {
      own <- x[mine[[g]]]; miss <- sum(is.na(own)); own <- own[!is.na(own)]; q <- quantile(own, c(.25, .5, .75), type = 7)
      rows <- c(rows, list(list(variable = v, level = "", group = groups[g], n = length(own), missing = miss, mean = mean(own), sd = sd(own), median = q[[2]],
                                q1 = q[[1]], q3 = q[[3]], percent = NA, smd = if (isTRUE(spread > 0)) abs(mean(a) - mean(b)) / spread else NA, p_value = t$p_value)))
    }
  }
  stack(rows)
}

RESULTS$genotype_response <- function(co) {
  p <- co$patients; rows <- list(); stays <- !(co$stopped & co$class == "NE")
  for (g in sort(unique(p$genotype[stays & !is.na(p$genotype)]))) {
    own <- which(stays & p$genotype %in% g); tdt <- p$phenotype[own] %in% "TDT"; free <- free_from(co)[own][tdt]
    mar <- sum(co$class[own] == "MaR"); w <- wilson(mar, sum(co$class[own] != "NE"))
    rows <- c(rows, list(list(genotype = g, beta_class = p$beta_class[own][1], ntdt = sum(p$phenotype[own] %in% "NTDT"), tdt = sum(tdt),
      free_by_1_month = sum(free <= 1, na.rm = TRUE), free_1_to_3_months = sum(free > 1 & free <= 3, na.rm = TRUE),
      free_by_3_months = sum(free <= 3, na.rm = TRUE), total = length(own), mar = mar, percent_mar = w$percent, conf_low = w$conf_low, conf_high = w$conf_high)))
  }
  rows <- stack(rows); pooled <- pooled_by_genotype(co, stays)
  cbind(rows, pooled[match(rows$genotype, pooled$genotype), c("pooled_percent", "pooled_low", "pooled_high")])
}
# beta-binomial: mean uniform (as sin^2 of an angle, for the likelihood is steep at 0 and 1), prior size log-uniform on
# 2 to 50, midpoints of a fine grid; the posterior as a function
posteriors <- function(k, n) {
  grid <- expand.grid(t = pi / 2 * (1:150 - .5) / 150, s = exp(log(2) + log(25) * (1:120 - .5) / 120)); grid$m <- sin(grid$t)^2; a <- grid$m * grid$s; b <- cos(grid$t)^2 * grid$s
  l <- log(sin(2 * grid$t)) + rowSums(mapply(function(k, n) lbeta(a + k, b + n - k) - lbeta(a, b), k, n)); w <- exp(l - max(l)); keep <- w > 1e-8
  a <- a[keep]; b <- b[keep]; w <- w[keep] / sum(w[keep])
  lapply(seq_along(k), function(i) function(x) vapply(pmin(pmax(x, 0), 1), function(x) sum(w * pbeta(x, a + k[i], b + n[i] - k[i])), 0))
}
pooled_by_genotype <- function(co, stays) {
  g <- co$patients$genotype; judged <- stays & co$class != "NE" & !is.na(g) & co$patients$phenotype %in% c("TDT", "NTDT"); parts <- list()
  for (p in c("NTDT", "TDT")) {
    mine <- judged & co$patients$phenotype == p; n <- table(g[mine]); k <- tapply(co$class[mine] == "MaR", g[mine], sum)
    if (length(n) < 5) next
    f <- posteriors(as.numeric(k[names(n)]), as.numeric(n))
    for (i in seq_along(n)) parts[[names(n)[i]]] <- c(parts[[names(n)[i]]], list(list(n = n[[i]], f = f[[i]])))
  }
  rows <- list(); all_judged <- table(g[stays & co$class != "NE"])
  for (name in names(parts)) {
    own <- parts[[name]]; size <- vapply(own, function(o) o$n, 0)
    if (sum(size) != all_judged[[name]]) next
    f <- own[[1]]$f
    if (length(own) == 2) {   # the weighted mean of two independent rates
      x <- sin(seq(0, pi / 2, length.out = 250))^2; w <- size / sum(size); other <- splinefun(x, own[[2]]$f(x), method = "hyman")
      drawn <- approx(f(x), x, (1:2000 - .5) / 2000, rule = 2, ties = mean)$y
      f <- function(v) mean(vapply((v - w[1] * drawn) / w[2], function(r) if (r <= 0) 0 else if (r >= 1) 1 else other(r), 0))
    }
    q <- vapply(c(.5, .025, .975), function(p) uniroot(function(v) f(v) - p, c(-.01, 1.01), tol = 1e-9)$root, 0)
    rows <- c(rows, list(list(genotype = name, pooled_percent = 100 * q[1], pooled_low = 100 * q[2], pooled_high = 100 * q[3])))
  }
  if (length(rows)) stack(rows) else data.frame(genotype = character(), pooled_percent = numeric(), pooled_low = numeric(), pooled_high = numeric())
}

RESULTS$hb_by_genotype <- function(co) {
  rows <- list()
  for (g in sort(unique(na.omit(co$patients$genotype)))) for (p in POPULATIONS) for (m in months_of(co, "hb_g_per_l")) {
    x <- at(co, "hb_g_per_l", m)[co$id %in% people(co, p) & co$patients$genotype %in% g]; x <- x[!is.na(x)]
    if (length(x)) rows <- c(rows, list(list(genotype = g, phenotype = p, month = m, n = length(x), mean = mean(x), sd = sd(x))))
  }
  stack(rows)
}

by_response <- function(co, analyte) {
  rows <- list()
  for (grouping in c("response", "genotype_group")) {
    group <- if (grouping == "response") co$group else co$patients$genotype_group_2024
    first <- if (grouping == "response") "MaR" else "favourable"
    if (!any(group %in% first)) next
    for (p in POPULATIONS) for (m in months_of(co, analyte)) {
      x <- at(co, analyte, m); mine <- co$id %in% people(co, p) & !is.na(x)
      one <- x[mine & group %in% first]; two <- x[mine & group %in% "other"]
      if (!length(one) && !length(two)) next
      # the class of NTDT is the gain in Hb: no P for what holds by definition
      by_definition <- analyte == "hb_g_per_l" && grouping == "response" && all(co$patients$phenotype[mine & group %in% c(first, "other")] %in% "NTDT")
      adjusted <- list(adjusted_n = NA, adjusted_diff = NA, adjusted_low = NA, adjusted_high = NA, adjusted_p = NA)
      if (analyte != "hb_g_per_l" && m > 0) {
        d <- data.frame(y = x, b = at(co, analyte, 0), g = ifelse(group %in% "other", 1, ifelse(group %in% first, 0, NA)))[mine, ]; d <- d[complete.cases(d), ]
        adjusted$adjusted_n <- nrow(d)
        if (min(sum(d$g == 1), sum(d$g == 0)) >= 5) {
          a <- lm(y ~ b + g, d); adjusted <- list(adjusted_n = nrow(d), adjusted_diff = coef(a)[["g"]], adjusted_low = confint(a)["g", 1],
                                                  adjusted_high = confint(a)["g", 2], adjusted_p = coef(summary(a))["g", 4])
        }
      }
      for (method in c("student", "welch", "mann_whitney")) {
        t <- two_groups(method, two, one); g <- if (method == "mann_whitney" || is.na(t$p_value)) G else hedges(two, one)
        if (by_definition && method != "student") t[c("statistic", "df", "p_value")] <- NA
        more <- if (analyte == "hb_g_per_l") NULL else if (method != "student") adjusted else lapply(adjusted, function(x) NA)
        for (name in c(first, "other")) {
          own <- if (name == "other") two else one
          rows <- c(rows, list(c(list(population = p, grouping = grouping, month = m, group = name, n = length(own), mean = if (length(own)) mean(own) else NA,
            sd = if (length(own) > 1) sd(own) else NA, way = if (method == "student") "paper" else "recommended", method = method,
            mean_diff = if (length(one) && length(two)) mean(two) - mean(one) else NA, std_error = t$std_error, statistic = t$statistic, df = t$df, p_value = t$p_value, effect = t$effect, conf_low = t$conf_low, conf_high = t$conf_high,
            hedges_g = g$hedges_g, hedges_g_low = g$hedges_g_low, hedges_g_high = g$hedges_g_high), more)))
        }
      }
    }
  }
  stack(rows)
}
RESULTS$hb_by_response <- function(co) by_response(co, "hb_g_per_l")
RESULTS$hbf_by_response <- function(co) by_response(co, "hbf_percent")
RESULTS$ferritin_by_response <- function(co) by_response(co, "ferritin_ng_per_ml")

RESULTS$ferritin_change <- function(co) {
  x <- sapply(c(0, 12, 24), function(m) at(co, "ferritin_ng_per_ml", m)); x <- x[complete.cases(x), , drop = FALSE]; rows <- list()
  if (!nrow(x)) return(NULL)
  for (method in c("paired_t", "wilcoxon")) for (i in 1:3) for (j in setdiff(1:3, i)) {
    d <- minus(x[, i], x[, j]); t <- one_sample(method, d)
    rows <- c(rows, list(list(month_i = c(0, 12, 24)[i], month_j = c(0, 12, 24)[j], n = nrow(x), mean_diff = mean(d), std_error = t$std_error,
                              effect = t$effect, conf_low = t$conf_low, conf_high = t$conf_high, p_value = t$p_value, p_adjusted = pmin(1, 3 * t$p_value), way = if (method == "paired_t") "paper" else "recommended", method = method)))
  }
  stack(rows)
}

RESULTS$iron_response <- function(co) {
  rows <- list(); b <- at(co, "ferritin_ng_per_ml", 0)
  for (p in POPULATIONS) for (m in setdiff(months_of(co, "ferritin_ng_per_ml"), 0)) {
    d <- (at(co, "ferritin_ng_per_ml", m) - b)[co$id %in% people(co, p)]; d <- d[!is.na(d)]
    if (length(d)) rows <- c(rows, list(c(list(phenotype = p, month = m, n = length(d), n_fell = sum(d < 0)), wilson(sum(d < 0), length(d)))))
  }
  stack(rows)
}

RESULTS$hb_gain_vs_hbf <- function(co) {
  gain <- minus(at(co, "hb_g_per_l", 6), at(co, "hb_g_per_l", 0)); hbf <- at(co, "hbf_percent", 0); rows <- list()
  for (p in POPULATIONS) {
    ok <- co$id %in% people(co, p) & !is.na(gain) & !is.na(hbf); x <- hbf[ok]; y <- gain[ok]
    if (!sum(ok)) next
    r <- s <- NULL; l <- coef(lm(y ~ x)); ends <- c(NA, NA)
    if (sum(ok) >= 4) {   # four patients, else no correlation
      r <- refuse(cor.test(x, y)); s <- refuse(cor.test(x, y, method = "spearman")); rho <- s$estimate[[1]]
      # Bonett and Wright's interval
      if (!is.null(rho) && isTRUE(abs(rho) < 1 - 1e-12)) ends <- tanh(atanh(rho) + c(-1, 1) * Z * sqrt((1 + rho^2 / 2) / (sum(ok) - 3)))
    }
    one <- function(v) if (is.null(v)) NA else as.numeric(v)
    rows <- c(rows, list(list(population = p, month = 6, n = sum(ok), r = one(r$estimate), p_value = one(r$p.value), conf_low = one(r$conf.int[1]),
      conf_high = one(r$conf.int[2]), slope = l[[2]], intercept = l[[1]], spearman_rho = one(s$estimate), spearman_low = ends[1], spearman_high = ends[2], spearman_p = one(s$p.value))))
  }
  stack(rows)
}

analytes <- function(co) {
  names <- grep("_censored$", setdiff(names(co$visits), c("patient_id", "month", "day", "nominal", "on_drug", "hb_timing")), value = TRUE, invert = TRUE)
  names[vapply(names, function(a) any(!is.na(co$visits[[a]])), TRUE)]
}
RESULTS$labs_before_after <- function(co) {
  rows <- list()
  for (a in setdiff(analytes(co), c("dose_mg_per_day", "weight_kg"))) for (p in POPULATIONS) for (m in setdiff(months_of(co, a), 0)) {
    b <- at(co, a, 0); x <- at(co, a, m); ok <- co$id %in% people(co, p) & !is.na(b) & !is.na(x); b <- b[ok]; x <- x[ok]; d <- minus(x, b)
    if (!length(d)) next
    for (method in c("paired_t", "wilcoxon")) {
      t <- one_sample(method, d)
      rows <- c(rows, list(list(analyte = a, phenotype = p, month = m, n = length(d), before_mean = mean(b), before_sd = sd(b), after_mean = mean(x), after_sd = sd(x),
        mean_diff = mean(d), diff_sd = sd(d), effect = t$effect, conf_low = t$conf_low, conf_high = t$conf_high, way = if (method == "paired_t") "paper" else "recommended",
        method = method, p_value = t$p_value)))
    }
  }
  stack(rows)
}

RESULTS$hb_composition <- function(co) {
  rows <- list(); hb0 <- at(co, "hb_g_per_l", 0); f0 <- hb0 * at(co, "hbf_percent", 0) / 100
  for (p in POPULATIONS) for (m in months_of(co, "hb_g_per_l")) {
    hb <- at(co, "hb_g_per_l", m); f <- hb * at(co, "hbf_percent", m) / 100; ok <- co$id %in% people(co, p) & !is.na(f) & !is.na(f0)
    if (!sum(ok)) next
    gain <- mean(hb[ok]) - mean(hb0[ok])
    rows <- c(rows, list(list(phenotype = p, month = m, n = sum(ok), hbf_mean = mean(f[ok]), other_mean = mean((hb - f)[ok]),
                              hbf_share_of_gain = if (m == 0) NA else (mean(f[ok]) - mean(f0[ok])) / gain)))
  }
  stack(rows)
}

RESULTS$hb_over_time <- function(co) {
  rows <- list()
  for (p in POPULATIONS) for (m in months_of(co, "hb_g_per_l")) {
    x <- at(co, "hb_g_per_l", m)[co$id %in% people(co, p)]; x <- x[!is.na(x)]; ci <- mean_ci(x)
    if (length(x)) rows <- c(rows, list(list(phenotype = p, month = m, n = length(x), mean = mean(x), sd = sd(x), conf_low = ci[1], conf_high = ci[2])))
  }
  stack(rows)
}

hb_long <- function(co, p, months) {
  v <- co$kept[co$kept$on & !is.na(co$kept$hb_g_per_l) & co$kept$month %in% months & co$kept$patient_id %in% people(co, p), ]
  data.frame(patient_id = v$patient_id, month = factor(v$month), hb = v$hb_g_per_l)
}
mixed <- function(long) refuse(lmer(hb ~ month + (1 | patient_id), long, control = lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5), check.conv.singular = "ignore")))
RESULTS$hb_over_time_tests <- function(co) {
  rows <- list()
  for (p in POPULATIONS) {
    have <- sort(unique(as.numeric(as.character(hb_long(co, p, months_of(co, "hb_g_per_l"))$month))))
    sets <- list(c(0, 3, 12), c(0, 3, 12, 24), c(0, 6, 12, 24)); sets <- sets[vapply(sets, function(s) all(s %in% have), TRUE)]
    named <- c(setNames(sets, vapply(sets, paste, "", collapse = ",")), if (length(have) > 1) list(all = have))
    for (s in names(named)) {
      months <- named[[s]]; k <- length(months)
      wide <- sapply(months, function(m) at(co, "hb_g_per_l", m)[people(co, p)]); wide <- wide[complete.cases(wide), , drop = FALSE]
      idata <- data.frame(month = factor(seq_len(k)))
      a <- if (nrow(wide) > 1) refuse(summary(Anova(lm(wide ~ 1), idata = idata, idesign = ~month, type = 3), multivariate = FALSE))
      F <- df1 <- df2 <- pv <- eps <- pgg <- NA
      if (nrow(wide) > k) {   # more complete patients than months
        values <- data.frame(hb = c(wide), who = factor(rep(seq_len(nrow(wide)), k)), month = factor(rep(seq_len(k), each = nrow(wide))))
        t <- anova(lm(hb ~ who + month, values)); F <- t["month", "F value"]; df1 <- k - 1; df2 <- (k - 1) * (nrow(wide) - 1); pv <- t["month", "Pr(>F)"]
        C <- contr.helmert(k); C <- sweep(C, 2, sqrt(colSums(C^2)), "/"); S <- t(C) %*% cov(wide) %*% C
        eps <- sum(diag(S))^2 / ((k - 1) * sum(S^2)); pgg <- pf(F, df1 * eps, df2 * eps, lower.tail = FALSE)
        if (!is.null(a) && k > 2 && !is.na(a$pval.adjustments["month", "GG eps"]))
          stopifnot(abs(a$pval.adjustments["month", "GG eps"] - eps) < 1e-9, abs(a$univariate.tests["month", "F value"] / F - 1) < 1e-9)
      }
      eta <- function(F, df1, df2) if (is.null(F) || is.na(F)) NA else F * df1 / (F * df1 + df2)   # partial eta squared
      long <- hb_long(co, p, months); fit <- if (length(unique(long$patient_id)) > 2) mixed(long); f <- if (is.null(fit)) NULL else anova(fit)
      rows <- c(rows, list(
        list(phenotype = p, months = s, model = "anova", n = nrow(wide), statistic = F, df1 = df1, df2 = df2, epsilon = eps, effect = eta(F, df1, df2), p_value = pv),
        list(phenotype = p, months = s, model = "anova_greenhouse_geisser", n = nrow(wide), statistic = F, df1 = df1 * eps, df2 = df2 * eps, epsilon = eps, effect = eta(F, df1, df2), p_value = pgg),
        list(phenotype = p, months = s, model = "mixed_random_intercept", n = length(unique(long$patient_id)), statistic = if (is.null(f)) NA else f$`F value`,
             df1 = if (is.null(f)) NA else f$NumDF, df2 = if (is.null(f)) NA else f$DenDF, epsilon = NA,
             effect = eta(f$`F value`, f$NumDF, f$DenDF), p_value = if (is.null(f)) NA else f$`Pr(>F)`)))
    }
  }
  stack(rows)
}

RESULTS$hb_contrasts <- function(co) {
  rows <- list()
  for (p in POPULATIONS) {
    months <- months_of(co, "hb_g_per_l"); long <- hb_long(co, p, months); months <- setdiff(as.numeric(levels(droplevels(long$month))), 0)
    if (!length(months)) next
    t <- stack(lapply(months, function(m) {
      d <- minus(at(co, "hb_g_per_l", m), at(co, "hb_g_per_l", 0))[people(co, p)]; d <- d[!is.na(d)]
      c(list(phenotype = p, month = m, n = length(d)), one_sample("paired_t", d))
    }))
    fit <- if (length(unique(long$patient_id)) > 2) mixed(long)
    e <- if (!is.null(fit)) stack(lapply(months, function(m) {   # tested where both months have three patients
      n <- sum(long$month == m); r <- coef(summary(fit))[paste0("month", m), ]
      if (min(n, sum(long$month == 0)) < 3) r[] <- NA
      half <- qt(.975, r[[3]]) * r[[2]]
      list(phenotype = p, month = m, n = n, statistic = r[[4]], df = r[[3]], p_value = r[[5]], std_error = r[[2]], effect = r[[1]], conf_low = r[[1]] - half, conf_high = r[[1]] + half)
    }))
    for (part in c(list(cbind(t, method = "paired_t")), if (!is.null(e)) list(cbind(e, method = "mixed_random_intercept")))) {
      part$p_adjusted <- p.adjust(part$p_value, "holm"); part$mean_diff <- part$effect; rows <- c(rows, list(part))
    }
  }
  do.call(rbind, rows)[, c("phenotype", "month", "n", "mean_diff", "std_error", "df", "effect", "conf_low", "conf_high", "p_value", "p_adjusted", "method")]
}

RESULTS$transfusion_burden <- function(co) {
  rows <- list(); t <- co$window; change <- 100 * (t$rate_after / t$rate_before - 1); change[!is.finite(change)] <- NA
  change <- ifelse(is.na(change), -t$less, change); mine <- co$patients$phenotype %in% "TDT" & !is.na(change) & !co$stopped
  for (p in c("all", "still_transfused")) {
    own <- if (p == "all") mine else mine & !t$free
    if (!sum(own)) next
    b <- t$rate_before[own]; a <- t$rate_after[own]; ok <- !is.na(a) & !is.na(b)
    test <- one_sample("paired_t", minus(a[ok], b[ok])); empty <- !sum(ok)
    rows <- c(rows, list(list(population = p, n = sum(own), before_mean = if (empty) NA else mean(b[ok]), before_sd = sd(b[ok]), after_mean = if (empty) NA else mean(a[ok]),
      after_sd = sd(a[ok]), percent_change = if (empty) NA else 100 * (sum(a[ok]) - sum(b[ok])) / sum(b[ok]), mean_of_patient_percent = mean(change[own]), n_pairs = sum(ok), method = "paired_t",
      effect = test$effect, conf_low = test$conf_low, conf_high = test$conf_high, p_value = test$p_value)))
  }
  stack(rows)
}

RESULTS$time_to_transfusion_free <- function(co) {
  p <- co$patients; if (!any(!is.na(p$transfusion_free_from_month))) return(NULL)
  event <- !is.na(free_from(co))
  time <- ifelse(event, free_from(co), ifelse(is.na(last_dose(co)), last_visit(co), last_dose(co)))
  d <- data.frame(time, event, sex = p$sex)[p$phenotype %in% "TDT" & !is.na(time), ]; rows <- list()
  for (g in c("all", sort(unique(na.omit(d$sex))))) {
    s <- summary(survfit(Surv(time, event) ~ 1, if (g == "all") d else d[d$sex %in% g, ]), censored = TRUE)
    rows <- c(rows, list(data.frame(group = g, month = s$time, at_risk = s$n.risk, events = s$n.event, survival = s$surv, conf_low = s$lower, conf_high = s$upper)))
  }
  do.call(rbind, rows)
}

RESULTS$clinical_features <- function(co) {
  rows <- list()
  for (f in c("fatigue_improved", "facial_change")) {
    x <- na.omit(co$patients[[f]])
    if (length(x)) rows <- c(rows, list(c(list(feature = f, n = sum(x), total = length(x)), wilson(sum(x), length(x)))))
  }
  v <- co$visits[!is.na(co$visits$spleen_cm2), ]; v <- v[order(v$month), ]
  b <- v[v$month <= 0, ]; l <- v[v$month > 0, ]; d <- merge(b[!duplicated(b$patient_id, fromLast = TRUE), ], l[!duplicated(l$patient_id, fromLast = TRUE), ], by = "patient_id")
  if (nrow(d)) { n <- sum(d$spleen_cm2.y < d$spleen_cm2.x); rows <- c(rows, list(c(list(feature = "spleen_cm2_smaller", n = n, total = nrow(d)), wilson(n, nrow(d))))) }
  stack(rows)
}

RESULTS$predictors <- function(co) {
  p <- co$patients; mar <- co$group %in% "MaR"; other <- co$group %in% "other"; rows <- list()
  for (way in c("paper", "recommended")) {
    own <- list()
    for (v in c("sex", "age_years", "phenotype", "splenectomy", "duration_months", "dose_start_mg_per_day", "hb_g_per_l", "hbf_percent", "ferritin_ng_per_ml")) {
      if (v == "duration_months" && way != "paper") next
      x <- if (v %in% names(p)) p[[v]] else at(co, v, 0)
      if (all(is.na(x))) next
      if (v %in% c("sex", "phenotype", "splenectomy")) {
        level <- c(sex = "female", phenotype = "NTDT", splenectomy = "yes")[[v]]; if (v == "splenectomy") x <- ifelse(x, "yes", "no")
        tab <- rbind(c(sum(mar & x %in% level), sum(other & x %in% level)), c(sum(mar & !is.na(x) & x != level), sum(other & !is.na(x) & x != level)))
        t <- NOTHING; usable <- all(rowSums(tab) > 0) && all(colSums(tab) > 0)
        if (usable && way == "paper") { k <- chisq.test(tab, correct = FALSE); t$statistic <- k$statistic[[1]]; t$p_value <- k$p.value
          d <- prop.test(t(tab), correct = FALSE); t$effect <- 100 * (d$estimate[[1]] - d$estimate[[2]]); t$conf_low <- 100 * d$conf.int[1]; t$conf_high <- 100 * d$conf.int[2] }
        if (usable && way != "paper") { t$p_value <- fisher.test(tab)$p.value; o <- odds_ratio(tab); t$effect <- o[1]; t$conf_low <- o[2]; t$conf_high <- o[3] }
        own <- c(own, list(c(list(variable = v, level = level, n_1 = sum(tab[, 1]), n_2 = sum(tab[, 2]), method = if (way == "paper") "chi_square" else "fisher"), t, G)))
      } else for (method in if (way == "paper") "student" else c("welch", "mann_whitney")) {
        a <- x[mar & !is.na(x)]; b <- x[other & !is.na(x)]
        t <- two_groups(method, a, b); g <- if (method == "mann_whitney" || is.na(t$p_value)) G else hedges(a, b)
        own <- c(own, list(c(list(variable = v, level = "", n_1 = length(a), n_2 = length(b), method = method), t, g)))
      }
    }
    own <- stack(own); own$p_adjusted <- ave(own$p_value, own$method, FUN = function(p) p.adjust(p, "holm")); own$way <- way; rows <- c(rows, list(own))
  }
  rows <- do.call(rbind, rows); rows$group_1 <- "MaR"; rows$group_2 <- "other"
  rows[, c("variable", "level", "group_1", "group_2", "n_1", "n_2", "way", "method", "statistic", "p_value", "p_adjusted", "effect", "conf_low", "conf_high", names(G))]
}

# logistic regression: maximum likelihood, and Firth's penalised likelihood written out; profile intervals and ratios of both
loglik_value <- function(x, y, b) { eta <- drop(x %*% b); sum(ifelse(y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE))) }
firth_value <- function(x, y, b) {
  p <- plogis(drop(x %*% b)); loglik_value(x, y, b) + as.numeric(determinant(crossprod(x * sqrt(p * (1 - p))))$modulus) / 2
}
highest <- function(goal, start) {
  fit <- list(par = start)
  for (i in 1:3) fit <- optim(fit$par, goal, method = "BFGS", control = list(reltol = 1e-16, maxit = 1000))
  if (length(start) > 1) {   # BFGS with numerical slopes stops a little early on a plain
    for (i in 1:3) fit <- optim(fit$par, goal, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 5000))
    return(fit)
  }
  near <- optimize(goal, fit$par + c(-30, 30), tol = 1e-11)
  if (near$objective < fit$value) list(par = near$minimum, value = near$objective) else fit
}
value_fixed <- function(value, x, y, j, b, start) {
  goal <- function(free) { full <- numeric(ncol(x)); full[j] <- b; full[-j] <- free; -value(x, y, full) }
  -highest(goal, start[-j])$value
}
limits <- function(f, at, step) vapply(c(-1, 1), function(side) {
  out <- at + side * step
  while (f(out) > 0) out <- out + side * step
  uniroot(f, sort(c(at, out)), tol = 1e-11)$root
}, 0)
RESULTS$predictors_model <- function(co) {
  rows <- list(); half <- qchisq(.95, 1) / 2
  frame <- data.frame(mar = ifelse(is.na(co$group), NA, as.numeric(co$group == "MaR")), hbf_percent = at(co, "hbf_percent", 0),
                      phenotype = ifelse(is.na(co$patients$phenotype), NA, as.numeric(co$patients$phenotype == "NTDT")))
  for (p in POPULATIONS) for (terms in list("hbf_percent", "phenotype", c("hbf_percent", "phenotype"))) {
    if (p != "all" && "phenotype" %in% terms) next
    d <- frame[co$id %in% people(co, p), c("mar", terms)]; d <- d[complete.cases(d), ]; y <- d$mar; x <- cbind(1, as.matrix(d[, terms, drop = FALSE]))
    head <- list(population = p, terms = paste(terms, collapse = " + "), n = nrow(d), events = sum(y), non_events = sum(1 - y), epv = min(sum(y), sum(1 - y)) / length(terms))
    varies <- length(unique(y)) > 1 && qr(x)$rank == ncol(x)
    s <- c(1, apply(x[, -1, drop = FALSE], 2, sd)); z <- sweep(x, 2, s, "/")
    # separated: the coefficients of the standardised terms run away as long as glm is let
    separated <- varies && max(abs(coef(glm(y ~ z - 1, binomial, control = glm.control(epsilon = 1e-16, maxit = 50))))) > 12
    for (model in c("maximum_likelihood", "firth")) for (j in seq_along(terms) + 1) {
      row <- list(odds_ratio = NA, conf_low = NA, conf_high = NA, p_value = NA, p_likelihood_ratio = NA)
      if (varies && model == "firth") {
        best <- highest(function(b) -firth_value(z, y, b), numeric(ncol(z))); start <- best$par; top <- -best$value
        w <- plogis(drop(z %*% start)); se <- sqrt(solve(crossprod(z * sqrt(w * (1 - w))))[j, j])
        f <- function(b) value_fixed(firth_value, z, y, j, b, start) - top; ends <- limits(function(b) f(b) + half, start[[j]], se) / s[j]
        ratio <- pchisq(-2 * f(0), 1, lower.tail = FALSE)
        row <- list(odds_ratio = exp(start[[j]] / s[[j]]), conf_low = exp(ends[1]), conf_high = exp(ends[2]), p_value = ratio, p_likelihood_ratio = ratio)
      }
      if (varies && model != "firth" && !separated) {
        fit <- glm(y ~ x - 1, binomial, control = glm.control(epsilon = 1e-14, maxit = 100)); top <- as.numeric(logLik(fit)); k <- coef(summary(fit))
        f <- function(b) value_fixed(loglik_value, z, y, j, b, coef(fit) * s) - top
        ends <- limits(function(b) f(b) + half, coef(fit)[[j]] * s[j], k[j, 2] * s[j]) / s[j]
        row <- list(odds_ratio = exp(k[j, 1]), conf_low = exp(ends[1]), conf_high = exp(ends[2]), p_value = k[j, 4],
                    p_likelihood_ratio = pchisq(-2 * f(0), 1, lower.tail = FALSE))
      }
      rows <- c(rows, list(c(head, list(model = model, term = terms[j - 1]), row)))
    }
  }
  stack(rows)
}

RESULTS$adverse_events <- function(co) {
  rows <- list(); e <- co$events; if (!nrow(e)) return(NULL); e$grade <- ifelse(is.na(e$grade), "not recorded", format(e$grade, trim = TRUE, drop0trailing = TRUE))
  for (v in unique(e$event)) for (g in c("any", sort(unique(e$grade[e$event == v])))) {
    own <- e[e$event == v & (g == "any" | e$grade == g), ]; n <- length(unique(own$patient_id))
    rows <- c(rows, list(c(list(event = v, grade = g, n_patients = n, n_events = nrow(own), total = length(co$id)), wilson(n, length(co$id)))))
  }
  stack(rows)
}

# dose steps: treatment rows with a dose, else the dose at each visit until the next (the starting dose before the first)
RESULTS$exposure <- function(co) {
  rows <- list(); p <- co$patients
  for (i in seq_along(co$id)) {
    t <- co$treatments[co$treatments$patient_id == co$id[i] & co$treatments$drug == "thalidomide" & !is.na(co$treatments$dose_mg_per_day), ]
    v <- co$visits[co$visits$patient_id == co$id[i] & !is.na(co$visits$dose_mg_per_day), ]; v <- v[order(v$month), ]
    end <- last_dose(co)[i]; if (is.na(end)) end <- last_visit(co)[i]
    if (nrow(t)) { start <- t$start_month; dose <- t$dose_mg_per_day; stop <- t$stop_month } else {
      start <- v$month; dose <- v$dose_mg_per_day
      if (!length(start) || start[1] > 0) { start <- c(0, start); dose <- c(p$dose_start_mg_per_day[i], dose) }
      stop <- rep(NA, length(start))
    }
    stop <- ifelse(is.na(stop), c(start[-1], end), stop); said <- stated_stop(co)[i]
    if (!is.na(said)) stop <- ifelse(start <= said, pmin(stop, said), stop)   # off the drug until a restart
    stop <- pmax(pmin(stop, end), start); taken <- dose > 0
    if (all(is.na(dose))) { rows <- c(rows, list(list(patient_id = co$id[i], months = NA, cumulative_g = NA, last_dose = p$dose_last_mg_per_day[i], intended_g = NA, percent_of_intended = NA))); next }
    taken[is.na(taken)] <- FALSE; planned <- if (is.na(p$dose_start_mg_per_day[i])) dose[taken][1] else p$dose_start_mg_per_day[i]
    intended <- if (any(taken)) (max(stop[taken]) - min(start[taken])) * DAYS * planned / 1000 else NA
    if (isTRUE(intended <= 0)) intended <- NA
    rows <- c(rows, list(list(patient_id = co$id[i], months = sum((stop - start)[taken]), cumulative_g = sum(((stop - start) * DAYS * dose)[taken]) / 1000,
                              last_dose = tail(dose[taken], 1), intended_g = intended,
                              percent_of_intended = 100 * sum(((stop - start) * DAYS * dose)[taken]) / 1000 / intended)))
  }
  stack(rows)
}

folders <- if (length(commandArgs(TRUE))) commandArgs(TRUE) else c("sample", "clinic", "tiny", "n7", "n20", "n150")
for (folder in folders) {
  co <- read_cohort(folder); co$window <- window_units(co); judged <- classify(co, co$window)
  co$class <- judged$class; co$stopped <- judged$stopped; co$group <- ifelse(co$class == "NE", NA, ifelse(co$class == "MaR", "MaR", "other"))
  dir.create(file.path(folder, "expected"), showWarnings = FALSE)
  for (name in names(RESULTS)) {
    table <- RESULTS[[name]](co)
    if (!is.null(table)) write.csv(table, file.path(folder, "expected", paste0(name, ".csv")), row.names = FALSE, na = "", eol = "\n", fileEncoding = "UTF-8")
  }
}
packages <- c("MASS", "survival", "lme4", "lmerTest", "car", "effectsize")
writeLines(c(R.version.string, paste(packages, vapply(packages, function(p) as.character(packageVersion(p)), ""))), "R_VERSION.txt")
