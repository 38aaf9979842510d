# Every number the statistics layer is checked against. Run in this folder:
#   Rscript reference.R
# reads data/*.csv, writes expected.csv (call, quantity, value) and R_VERSION.txt.
# Needs R >= 4.1 with lmerTest, car, survival, brglm2, effectsize, pROC, MASS.
suppressPackageStartupMessages({
  library(MASS); library(survival); library(lmerTest); library(car); library(brglm2); library(effectsize); library(pROC)
})
options(warn = -1, digits = 15)

rows <- list()
say <- function(call, ...) {
  values <- list(...)
  for (q in names(values))
    rows[[length(rows) + 1]] <<- data.frame(call = call, quantity = q, value = sprintf("%.17g", as.numeric(values[[q]])))
}
data <- lapply(setNames(nm = c("clinic", "visits", "flat", "tiny", "large")),
               function(name) read.csv(file.path("data", paste0(name, ".csv"))))
clinic <- data$clinic; tiny <- data$tiny; large <- data$large

# describe ------------------------------------------------------------------------------
for (v in c("hb_0", "hbf_percent", "ferritin", "age_years")) {
  x <- clinic[[v]]; x <- x[!is.na(x)]
  q <- quantile(x, c(.25, .5, .75), type = 7); ci <- t.test(x)$conf.int; gm <- exp(t.test(log(x))$conf.int)
  say(paste0("describe.", v), n = length(x), missing = sum(is.na(clinic[[v]])), mean = mean(x), sd = sd(x),
      q1 = q[1], median = q[2], q3 = q[3], conf_low = ci[1], conf_high = ci[2])
  say(paste0("geometric_mean.", v), mean = exp(mean(log(x))), conf_low = gm[1], conf_high = gm[2])
  a <- x[clinic$mar[!is.na(clinic[[v]])] == 1]; b <- x[clinic$mar[!is.na(clinic[[v]])] == 0]
  say(paste0("smd.", v), value = abs(mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2))
}
smd_levels <- function(tab) {
  p <- prop.table(tab, 2)[-1, , drop = FALSE]
  pairs <- combn(ncol(p), 2)
  mean(apply(pairs, 2, function(i) {
    a <- p[, i[1]]; b <- p[, i[2]]
    S <- (diag(a, length(a)) - a %o% a + diag(b, length(b)) - b %o% b) / 2
    sqrt(drop(t(a - b) %*% ginv(S) %*% (a - b)))
  }))
}
for (v in c("sex", "genotype", "splenectomy")) {
  level <- clinic[[v]]; level[level == ""] <- NA
  say(paste0("smd_levels.", v), value = smd_levels(table(level, clinic$mar)))
}
say("smd_levels.by_genotype", value = smd_levels(table(clinic$sex, clinic$genotype)))

# proportions ---------------------------------------------------------------------------
for (k in list(c(0, 10), c(3, 10), c(10, 10), c(44, 48), c(1, 2), c(39, 62), c(0, 1))) {
  w <- prop.test(k[1], k[2], correct = FALSE)$conf.int; b <- binom.test(k[1], k[2])$conf.int
  say(sprintf("wilson.%d.%d", k[1], k[2]), conf_low = 100 * w[1], conf_high = 100 * w[2])
  say(sprintf("clopper_pearson.%d.%d", k[1], k[2]), conf_low = 100 * b[1], conf_high = 100 * b[2])
}

# two groups ----------------------------------------------------------------------------
rank_sum <- function(call, x, y) {
  d <- wilcox.test(x, y, conf.int = TRUE); e <- wilcox.test(x, y, conf.int = TRUE, tol.root = 1e-13)
  say(call, statistic = d$statistic, p_value = d$p.value, effect = e$estimate, conf_low = e$conf.int[1],
      conf_high = e$conf.int[2], effect_default = d$estimate, conf_low_default = d$conf.int[1],
      conf_high_default = d$conf.int[2])
}
two_groups <- function(name, x, y) {
  x <- x[!is.na(x)]; y <- y[!is.na(y)]
  for (method in c("student", "welch")) {
    t <- t.test(x, y, var.equal = method == "student"); g <- hedges_g(x, y, pooled_sd = TRUE)
    say(paste(method, name, sep = "."), n_1 = length(x), n_2 = length(y), statistic = t$statistic, df = t$parameter,
        effect = mean(x) - mean(y), std_error = t$stderr, conf_low = t$conf.int[1], conf_high = t$conf.int[2],
        p_value = t$p.value, hedges_g = g$Hedges_g, hedges_g_low = g$CI_low, hedges_g_high = g$CI_high)
  }
  rank_sum(paste0("mann_whitney.", name), x, y)
}
for (v in c("hb_0", "hb_6", "hb_12", "age_years", "hbf_percent", "ferritin", "tbil", "ldh"))
  two_groups(paste0("clinic.", v), clinic[[v]][clinic$mar == 1], clinic[[v]][clinic$mar == 0])
for (v in c("hb_0", "hb_6", "hbf_percent")) two_groups(paste0("tiny.", v), tiny[[v]][tiny$mar == 1], tiny[[v]][tiny$mar == 0])
for (v in c("first", "whole_first", "whole_second"))
  two_groups(paste0("large.", v), large[[v]][large$group == 1], large[[v]][large$group == 0])

# pairs ---------------------------------------------------------------------------------
pairs_of <- function(name, x, y, shift = 0) {
  ok <- complete.cases(x, y); d <- (x - y - shift)[ok]
  t <- t.test(d)
  say(paste0("paired_t.", name), n = sum(ok), statistic = t$statistic, df = t$parameter, effect = mean(d),
      std_error = t$stderr, conf_low = t$conf.int[1], conf_high = t$conf.int[2], p_value = t$p.value)
  w <- wilcox.test(d, conf.int = TRUE); e <- wilcox.test(d, conf.int = TRUE, tol.root = 1e-13)
  say(paste0("wilcoxon.", name), statistic = w$statistic, p_value = w$p.value, effect = e$estimate,
      conf_low = e$conf.int[1], conf_high = e$conf.int[2], effect_default = w$estimate,
      conf_low_default = w$conf.int[1], conf_high_default = w$conf.int[2])
}
pairs_of("clinic.hb_3.hb_0", clinic$hb_3, clinic$hb_0)
pairs_of("clinic.hb_12.hb_6", clinic$hb_12, clinic$hb_6)
pairs_of("clinic.ldh.tbil", clinic$ldh, clinic$tbil)
pairs_of("tiny.hb_6.hb_0", tiny$hb_6, tiny$hb_0)
pairs_of("large.second.first", large$second, large$first)
pairs_of("large.whole_second.whole_first", large$whole_second, large$whole_first)

# tables --------------------------------------------------------------------------------
# fisher.test stops its root search at 1e-4: the same equations, solved to the end
odds_ratio <- function(x) {
  m <- sum(x[, 1]); n <- sum(x[, 2]); k <- sum(x[1, ]); q <- x[1, 1]
  support <- max(0, k - n):min(k, m); logdc <- dhyper(support, m, n, k, log = TRUE)
  density <- function(lt) { d <- logdc + lt * support; d <- exp(d - max(d)); d / sum(d) }
  solve_for <- function(f) exp(uniroot(f, c(-60, 60), tol = 1e-14)$root)
  c(estimate = if (q == min(support)) 0 else if (q == max(support)) Inf else
      solve_for(function(lt) sum(support * density(lt)) - q),
    low = if (q == min(support)) 0 else solve_for(function(lt) sum(density(lt)[support >= q]) - .025),
    high = if (q == max(support)) Inf else solve_for(function(lt) sum(density(lt)[support <= q]) - .025))
}
table_of <- function(name, tab) {
  k <- chisq.test(tab, correct = FALSE)
  say(paste0("chi_square.", name), statistic = k$statistic, df = k$parameter, p_value = k$p.value)
  f <- fisher.test(tab, workspace = 2e7)
  if (all(dim(tab) == 2)) {
    exact <- odds_ratio(tab)
    say(paste0("fisher.", name), p_value = f$p.value, effect = exact[1], conf_low = exact[2], conf_high = exact[3],
        effect_default = f$estimate, conf_low_default = f$conf.int[1], conf_high_default = f$conf.int[2])
  } else say(paste0("fisher.", name), p_value = f$p.value)
}
blank <- function(x) ifelse(x == "", NA, x)
table_of("clinic.sex.mar", table(clinic$sex, clinic$mar))
table_of("clinic.ntdt.mar", table(clinic$ntdt, clinic$mar))
table_of("clinic.splenectomy.mar", table(blank(clinic$splenectomy), clinic$mar))
table_of("clinic.genotype.mar", table(clinic$genotype, clinic$mar))
table_of("clinic.genotype.splenectomy", table(clinic$genotype, blank(clinic$splenectomy)))
clinic$age_third <- cut(clinic$age_years, c(0, 23, 35, 99))
table_of("clinic.genotype.age_third", table(clinic$genotype, clinic$age_third))
clinic$profile <- paste(clinic$genotype, clinic$sex, clinic$ntdt)
table_of("clinic.profile.mar", table(clinic$profile, clinic$mar))
# 14 x 4: the exact fisher.test of R 4.2.2 is wrong here (0.0020; its own simulation says 0.0298)
wide <- as.matrix(read.csv("data/wide_table.csv"))
set.seed(1); simulated <- fisher.test(wide, simulate.p.value = TRUE, B = 1e6)
say("fisher_simulated.wide_table", p_value = simulated$p.value, exact_of_this_r = fisher.test(wide)$p.value)
table_of("tiny.sex.mar", table(tiny$sex, tiny$mar))
table_of("tiny.splenectomy.mar", table(tiny$splenectomy, tiny$mar))

# correlation ---------------------------------------------------------------------------
correlate <- function(name, x, y) {
  ok <- complete.cases(x, y); x <- x[ok]; y <- y[ok]
  p <- cor.test(x, y); s <- cor.test(x, y, method = "spearman"); line <- lm(y ~ x)
  say(paste0("pearson.", name), n = length(x), statistic = p$statistic, df = p$parameter, effect = p$estimate,
      conf_low = p$conf.int[1], conf_high = p$conf.int[2], p_value = p$p.value)
  say(paste0("spearman.", name), statistic = s$statistic, effect = s$estimate, p_value = s$p.value)
  ci <- confint(line)
  say(paste0("line.", name), slope = coef(line)[2], intercept = coef(line)[1], std_error = sqrt(vcov(line)[2, 2]),
      conf_low = ci[2, 1], conf_high = ci[2, 2], residual_sd = sigma(line))
  band <- predict(line, data.frame(x = c(10, 60)), interval = "confidence")
  say(paste0("band.", name), fitted_10 = band[1, 1], low_10 = band[1, 2], high_10 = band[1, 3], fitted_60 = band[2, 1],
      low_60 = band[2, 2], high_60 = band[2, 3])
}
correlate("clinic.hbf_percent.hb_6", clinic$hbf_percent, clinic$hb_6)
correlate("clinic.tbil.ldh", clinic$tbil, clinic$ldh)
correlate("tiny.hbf_percent.hb_6", tiny$hbf_percent, tiny$hb_6)
for (n in c(4, 8, 9, 10, 11, 20)) {
  s <- cor.test(clinic$tbil[1:n], clinic$ldh[1:n], method = "spearman")
  say(sprintf("spearman_first.%d", n), statistic = s$statistic, effect = s$estimate, p_value = s$p.value)
}
s <- cor.test(large$first, large$second, method = "spearman")
say("spearman.large.first.second", statistic = s$statistic, effect = s$estimate, p_value = s$p.value)

# multiplicity --------------------------------------------------------------------------
p <- c(0.012, 0.04, 0.001, NA, 0.04, 0.8, 0.025)
for (method in c("holm", "bonferroni", "BH")) {
  adjusted <- p.adjust(p, method)
  do.call(say, c(list(paste0("p_adjust.", method)), setNames(as.list(adjusted[-4]), c("1", "2", "3", "5", "6", "7"))))
}

# repeated measures ---------------------------------------------------------------------
anova_of <- function(name, wide) {
  wide <- as.matrix(wide[complete.cases(wide), ]); k <- ncol(wide)
  idata <- data.frame(month = factor(seq_len(k)))
  s <- summary(Anova(lm(wide ~ 1), idata = idata, idesign = ~month, type = 3), multivariate = FALSE)
  u <- s$univariate.tests["month", ]; gg <- s$pval.adjustments["month", ]
  eps <- if (k > 2) gg[["GG eps"]] else 1; pgg <- if (k > 2) gg[["Pr(>F[GG])"]] else u[["Pr(>F)"]]
  say(paste0("anova.", name), n = nrow(wide), statistic = u[["F value"]], df1 = u[["num Df"]], df2 = u[["den Df"]],
      p_value = u[["Pr(>F)"]], epsilon = eps, p_greenhouse_geisser = pgg)
}
anova_of("clinic.four", clinic[, c("hb_0", "hb_3", "hb_6", "hb_12")])
anova_of("tiny.two", tiny[, c("hb_0", "hb_6")])
wide <- reshape(data$visits, idvar = "patient_id", timevar = "month", direction = "wide")
anova_of("visits.three", wide[, c("hb.0", "hb.3", "hb.12")])

mixed_of <- function(name, long) {
  long$month <- factor(long$month)
  fit <- lmer(hb ~ month + (1 | patient_id), long, control = lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5), check.conv.singular = "ignore"))
  a <- anova(fit); v <- as.data.frame(VarCorr(fit))
  say(paste0("mixed.", name), n = length(unique(long$patient_id)), n_observations = nrow(long), statistic = a$`F value`,
      df1 = a$NumDF, df2 = a$DenDF, p_value = a$`Pr(>F)`, sd_patient = v$sdcor[1], sd_residual = v$sdcor[2])
  s <- coef(summary(fit))
  for (m in levels(long$month)[-1]) {
    r <- s[paste0("month", m), ]
    say(sprintf("mixed_contrast.%s.%s", name, m), mean_diff = r[[1]], std_error = r[[2]], df = r[[3]], statistic = r[[4]],
        p_value = r[[5]])
  }
}
mixed_of("visits", data$visits)
mixed_of("flat", data$flat)
mixed_of("pairs", subset(data$visits, month %in% c(0, 24)))

# logistic ------------------------------------------------------------------------------
loglik_fixed <- function(x, y, j, b) {
  rest <- x[, -j, drop = FALSE]
  fit <- glm.fit(rest, y, offset = x[, j] * b, family = binomial(), control = glm.control(epsilon = 1e-14, maxit = 200))
  -fit$deviance / 2
}
firth_value <- function(x, y, b) {
  eta <- drop(x %*% b); p <- plogis(eta)
  sum(ifelse(y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE))) +
    as.numeric(determinant(crossprod(x * sqrt(p * (1 - p))))$modulus) / 2
}
firth_fixed <- function(x, y, j, b, start) {   # penalised likelihood maximised over the others
  goal <- function(free) { full <- numeric(ncol(x)); full[j] <- b; full[-j] <- free; -firth_value(x, y, full) }
  fit <- list(par = start[-j])
  for (i in 1:6) fit <- optim(fit$par, goal, method = "BFGS", control = list(reltol = 1e-16, maxit = 1000))
  list(value = -fit$value, par = fit$par)
}
# a root search on each side of the estimate, in steps of the standard error
limits <- function(f, at, step) {
  vapply(c(-1, 1), function(side) {
    out <- at + side * step
    while (f(out) > 0) out <- out + side * step
    uniroot(f, sort(c(at, out)), tol = 1e-11)$root
  }, 0)
}
logistic_of <- function(name, frame, formula, separated = FALSE) {
  frame <- frame[complete.cases(frame[, all.vars(formula)]), ]
  x <- model.matrix(formula, frame); y <- frame$mar; half <- qchisq(.95, 1) / 2
  scaled <- x; s <- c(1, apply(x[, -1, drop = FALSE], 2, sd)); scaled <- sweep(x, 2, s, "/")
  if (!separated) {
    fit <- glm(formula, binomial, frame, control = glm.control(epsilon = 1e-14, maxit = 100)); z <- coef(summary(fit))
    spline <- suppressMessages(confint(fit))
    for (j in 2:ncol(x)) {
      ends <- limits(function(b) loglik_fixed(scaled, y, j, b) - as.numeric(logLik(fit)) + half, coef(fit)[[j]] * s[j],
                     z[j, 2] * s[j]) / s[j]
      say(sprintf("maximum_likelihood.%s.%s", name, colnames(x)[j]), coefficient = z[j, 1], std_error = z[j, 2],
          statistic = z[j, 3], odds_ratio = exp(z[j, 1]), p_value = z[j, 4], conf_low = exp(ends[1]), conf_high = exp(ends[2]),
          conf_low_default = exp(spline[j, 1]), conf_high_default = exp(spline[j, 2]))
    }
    say(sprintf("maximum_likelihood.%s.model", name), n = nrow(x), events = sum(y), intercept = z[1, 1],
        log_likelihood = as.numeric(logLik(fit)))
  }
  firth <- glm(formula, binomial, frame, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 10000)
  z <- coef(summary(firth)); top <- firth_value(scaled, y, coef(firth) * s); start <- coef(firth) * s
  for (j in 2:ncol(x)) {
    at <- function(b) firth_fixed(scaled, y, j, b, start)$value - top
    ends <- limits(function(b) at(b) + half, start[[j]], z[j, 2] * s[j]) / s[j]
    say(sprintf("firth.%s.%s", name, colnames(x)[j]), coefficient = z[j, 1], std_error = z[j, 2], odds_ratio = exp(z[j, 1]),
        statistic = -2 * at(0), p_value = pchisq(-2 * at(0), 1, lower.tail = FALSE), conf_low = exp(ends[1]),
        conf_high = exp(ends[2]))
  }
  say(sprintf("firth.%s.model", name), n = nrow(x), events = sum(y), intercept = z[1, 1],
      log_likelihood = firth_value(x, y, coef(firth)))
}
logistic_of("clinic_one", clinic, mar ~ hbf_percent)
logistic_of("clinic_two", clinic, mar ~ hbf_percent + ntdt)
logistic_of("tiny_complete", tiny, mar ~ hbf_percent, separated = TRUE)
logistic_of("tiny_quasi", tiny, mar ~ splenectomy, separated = TRUE)
logistic_of("tiny_both", tiny, mar ~ splenectomy + hb_0, separated = TRUE)
fit <- glm(mar ~ hbf_percent + ntdt, binomial, clinic)
say("auc.clinic", auc = auc(roc(fit$y, fitted(fit), quiet = TRUE, direction = "<")))
say("auc.hbf_percent", auc = auc(roc(clinic$mar, clinic$hbf_percent, quiet = TRUE, direction = "<")))

# survival ------------------------------------------------------------------------------
curve <- summary(survfit(Surv(time, event) ~ 1, clinic), censored = TRUE)
for (i in seq_along(curve$time))
  say(sprintf("kaplan_meier.clinic.%d", curve$time[i]), at_risk = curve$n.risk[i], events = curve$n.event[i],
      survival = curve$surv[i], std_error = curve$std.err[i], conf_low = curve$lower[i], conf_high = curve$upper[i])
for (g in c("ntdt", "genotype")) {
  d <- survdiff(as.formula(paste("Surv(time, event) ~", g)), clinic)
  say(paste0("log_rank.clinic.", g), statistic = d$chisq, df = length(d$n) - 1,
      p_value = pchisq(d$chisq, length(d$n) - 1, lower.tail = FALSE))
}

write.csv(do.call(rbind, rows), "expected.csv", row.names = FALSE, quote = FALSE, eol = "\n")
packages <- c("MASS", "survival", "lme4", "lmerTest", "car", "brglm2", "effectsize", "pROC")
writeLines(c(R.version.string, paste(packages, vapply(packages, function(p) as.character(packageVersion(p)), ""))),
           "R_VERSION.txt")
