# Effects and intervals that stand beside each P. Run in this folder: Rscript effects.R
# reads data/*.csv, writes effects.csv (call, quantity, value). Needs R >= 4.1 with effectsize, pROC.
suppressPackageStartupMessages({ library(effectsize); library(pROC) })
options(warn = -1, digits = 15)
rows <- list()
say <- function(call, ...) {
  values <- list(...)
  for (q in names(values))
    rows[[length(rows) + 1]] <<- data.frame(call = call, quantity = q, value = sprintf("%.17g", as.numeric(values[[q]])))
}
clinic <- read.csv("data/clinic.csv", na.strings = ""); tiny <- read.csv("data/tiny.csv"); Z <- qnorm(.975)

# Spearman: Bonett and Wright (2000), by their formula; R has none
for (pair in list(c("hbf_percent", "hb_6"), c("ferritin", "hb_0"), c("tbil", "ldh"))) {
  d <- clinic[complete.cases(clinic[, pair]), pair]; r <- cor(d[, 1], d[, 2], method = "spearman")
  ends <- tanh(atanh(r) + c(-1, 1) * Z * sqrt((1 + r^2 / 2) / (nrow(d) - 3)))
  say(paste("spearman_interval.clinic", pair[1], pair[2], sep = "."), effect = r, conf_low = ends[1], conf_high = ends[2])
}
# chi-square: the difference of the shares with the interval of prop.test without correction, in points
for (name in c("clinic", "tiny")) for (variable in c("sex", "splenectomy")) {
  frame <- get(name); t <- table(frame[[variable]], frame$mar); p <- prop.test(t(t), correct = FALSE)
  say(paste("chi_square_effect", name, variable, "mar", sep = "."), effect = 100 * (p$estimate[1] - p$estimate[2]),
      conf_low = 100 * p$conf.int[1], conf_high = 100 * p$conf.int[2], p_value = p$p.value)
}
for (variable in c("sex", "genotype"))
  say(paste("cramers_v.clinic", variable, "mar", sep = "."),
      value = cramers_v(table(clinic[[variable]], clinic$mar), adjust = FALSE)$Cramers_v)
# repeated measures: partial eta squared
wide <- as.matrix(clinic[, c("hb_0", "hb_3", "hb_6", "hb_12")]); wide <- wide[complete.cases(wide), ]
long <- data.frame(hb = c(wide), who = factor(row(wide)), month = factor(col(wide)))
say("eta.clinic", effect = eta_squared(aov(hb ~ month + Error(who / month), long), partial = TRUE)$Eta2_partial)
# ANCOVA and the difference of two slopes
for (pair in list(c("hb_6", "hb_0"), c("hb_12", "hb_0"), c("hb_6", "hbf_percent"))) {
  d <- data.frame(y = clinic[[pair[1]]], x = clinic[[pair[2]]], g = 1 - clinic$mar); d <- d[complete.cases(d), ]
  for (model in c("adjusted", "slopes")) {
    m <- if (model == "adjusted") lm(y ~ x + g, d) else lm(y ~ x * g, d); j <- if (model == "adjusted") "g" else "x:g"
    say(paste(model, pair[1], pair[2], sep = "."), n = nrow(d), effect = coef(m)[[j]], conf_low = confint(m)[j, 1],
        conf_high = confint(m)[j, 2], p_value = coef(summary(m))[j, 4])
  }
}
# likelihood ratio P of logistic regression
for (terms in list("hbf_percent", c("hbf_percent", "ntdt"))) {
  d <- clinic[complete.cases(clinic[, c("mar", terms)]), ]
  full <- glm(reformulate(terms, "mar"), binomial, d, control = glm.control(epsilon = 1e-14))
  for (term in terms) {
    less <- glm(reformulate(c("1", setdiff(terms, term)), "mar"), binomial, d, control = glm.control(epsilon = 1e-14))
    say(paste("likelihood_ratio", paste(terms, collapse = "+"), term, sep = "."),
        p_likelihood_ratio = anova(less, full, test = "LRT")[2, "Pr(>Chi)"])
  }
}
# nearly separated: the profile limit is far away, and finite. glm.fit with a large offset fails there (it
# would give 5.56), so the intercept is found by optimize and the limit by uniroot
near <- data.frame(y = rep(0:1, each = 6), x = c(2, 5, 9, 11, 14, 20, 19.6, 25, 31, 33, 40, 52))
fit <- glm(y ~ x, binomial, near, control = glm.control(epsilon = 1e-14, maxit = 100)); top <- logLik(fit)
drop <- function(b) optimize(function(a) sum(plogis((2 * near$y - 1) * (a + b * (near$x - 19.8)), log.p = TRUE)), c(-30, 30),
                             maximum = TRUE, tol = 1e-12)$objective - as.numeric(top) + qchisq(.95, 1) / 2
ends <- c(uniroot(drop, c(0, coef(fit)[2]), tol = 1e-13)$root, uniroot(drop, c(coef(fit)[2], 60), tol = 1e-13)$root)
say("near_separated", odds_ratio = exp(coef(fit)[2]), conf_low = exp(ends[1]), conf_high = exp(ends[2]),
    p_value = coef(summary(fit))[2, 4], p_likelihood_ratio = anova(fit, test = "LRT")[2, "Pr(>Chi)"])
# AUC: DeLong's variance (pROC), the interval on the logit scale
for (variable in c("hbf_percent", "hb_0", "ferritin")) {
  r <- roc(clinic$mar, clinic[[variable]], direction = "<", levels = c(0, 1), quiet = TRUE); a <- as.numeric(auc(r))
  ends <- plogis(qlogis(a) + c(-1, 1) * Z * sqrt(var(r)) / (a * (1 - a)))
  say(paste0("auc.", variable), auc = a, conf_low = ends[1], conf_high = ends[2])
}
# kappa: its standard error by the delta method, with derivatives taken numerically
for (pair in list(c("mar", "ntdt"), c("event", "ntdt"))) {
  share <- as.vector(table(clinic[[pair[1]]], clinic[[pair[2]]]) / sum(complete.cases(clinic[, pair])))
  kappa <- function(s) { s <- matrix(s, 2); e <- sum(rowSums(s) * colSums(s)); (sum(diag(s)) - e) / (1 - e) }
  slope <- vapply(1:4, function(i) { h <- replace(numeric(4), i, 1e-5); (kappa(share + h) - kappa(share - h)) / 2e-5 }, 0)
  se <- sqrt((sum(slope^2 * share) - sum(slope * share)^2) / sum(complete.cases(clinic[, pair])))
  say(paste("kappa", pair[1], pair[2], sep = "."), kappa = kappa(share), kappa_low = kappa(share) - Z * se, kappa_high = kappa(share) + Z * se)
}
# partially pooled rates: mean uniform, prior size log-uniform on 2 to 50; midpoints of a fine grid
k <- c(3, 2, 0, 2, 5, 1, 0); n <- c(3, 7, 1, 2, 9, 4, 2)
pooled <- function(k, n) {
  grid <- expand.grid(m = (1:1500 - .5) / 1500, s = exp(log(2) + log(25) * (1:300 - .5) / 300))
  a <- grid$m * grid$s; b <- (1 - grid$m) * grid$s
  l <- rowSums(mapply(function(k, n) lbeta(a + k, b + n - k) - lbeta(a, b), k, n)); w <- exp(l - max(l))
  keep <- w > 1e-11 * max(w); a <- a[keep]; b <- b[keep]; w <- w[keep] / sum(w[keep])
  lapply(seq_along(k), function(i) vapply(c(.5, .025, .975), function(p)
    uniroot(function(x) sum(w * pbeta(x, a + k[i], b + n[i] - k[i])) - p, c(1e-9, 1 - 1e-9), tol = 1e-8)$root, 0))
}
found <- pooled(k, n)
for (i in seq_along(k)) say(paste0("pooled.", i), events = k[i], total = n[i], median = found[[i]][1], low = found[[i]][2], high = found[[i]][3])
write.csv(do.call(rbind, rows), "effects.csv", row.names = FALSE, quote = FALSE, eol = "\n")
