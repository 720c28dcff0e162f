#!/usr/bin/Rscript
# Golden fits for the tests, one for each family, computed by R independently of the C++.
#
#   oracle-families.R           writes testdata/oracle/families/*.csv and testdata/oracle/families.json
#   oracle-families.R --check   recomputes what these files hold, and exits with 1 where they differ
#
# Needs the Debian packages r-cran-flexmix, r-cran-jsonlite, r-cran-mass, r-cran-nlme, r-cran-nnet, r-cran-pscl,
# r-cran-quantreg and r-cran-sn; to check the beta regression also python3-statsmodels, if it is installed.
#
# R's own fit of a case is where polish() begins: Newton's method on a log-likelihood that is written below from the density, with all its constants,
# until nothing moves. Standard errors come from the observed information there, whatever R's are. R's optimum and, where it has them, its standard
# errors must agree with the polished ones; otherwise the script stops.
suppressPackageStartupMessages({
  for (package in c("MASS", "nnet", "pscl", "quantreg", "sn", "nlme", "flexmix", "jsonlite"))
    library(package, character.only = TRUE)
})
arguments <- commandArgs(trailingOnly = TRUE)
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
target <- file.path(dirname(dirname(normalizePath(script))), "testdata", "oracle")
written <- if ("--check" %in% arguments) tempfile("oracle") else target
dir.create(file.path(written, "families"), recursive = TRUE, showWarnings = FALSE)

# --- the optimum ---

# Gradient and Hessian of f at t by central differences with steps `scale`, extrapolated twice (Richardson).
derivatives <- function(f, t, scale) {
  p <- length(t)
  extrapolate <- function(at) {
    d <- lapply(c(0.2, 0.1, 0.05), at)
    e <- list((4 * d[[2]] - d[[1]]) / 3, (4 * d[[3]] - d[[2]]) / 3)
    (16 * e[[2]] - e[[1]]) / 15
  }
  move <- function(i, h, j = i, k = 0) {
    t[i] <- t[i] + h * scale[i]
    t[j] <- t[j] + k * scale[j]
    f(t)
  }
  centre <- f(t)
  g <- sapply(seq_len(p), function(i) extrapolate(function(h) (move(i, h) - move(i, -h)) / (2 * h)))
  H <- matrix(0, p, p)
  for (i in seq_len(p)) for (j in seq_len(i)) H[i, j] <- H[j, i] <- extrapolate(function(h) {
    if (i == j) (move(i, h) - 2 * centre + move(i, -h)) / h^2
    else (move(i, h, j, h) - move(i, h, j, -h) - move(i, -h, j, h) + move(i, -h, j, -h)) / (4 * h^2)
  })
  list(value = centre, g = g, H = H)
}

# The maximum of f near t: estimates, standard errors, value. Steps are in units of conditional standard errors, so that rounding costs the
# estimates some 1e-12 of their standard errors, and the information some 1e-9 of itself.
polish <- function(f, t, scale = 0.01 * pmax(abs(t), 0.1)) {
  for (round in 1:60) {
    d <- derivatives(f, t, scale)
    curvature <- -diag(d$H)
    if (any(curvature <= 0)) stop("no maximum near the start")
    step <- solve(-d$H, d$g)
    gain <- sum(step * d$g)
    if (gain < 0) stop("a saddle near the start")
    while (gain > 1e-12 && !isTRUE(f(t + step * scale) > d$value)) step <- step / 2
    t <- t + step * scale
    if (round > 2 && gain < 1e-18) break
    scale <- scale / sqrt(curvature)
  }
  d <- derivatives(f, t, scale)
  gain <- sum(d$g * solve(-d$H, d$g))
  if (gain > 1e-18) stop("polish: a gain of ", gain, " is left")
  list(t = t, se = scale * sqrt(diag(solve(-d$H))), value = d$value)
}

agree <- function(what, a, b, tolerance) {
  worst <- max(abs(a - b) / pmax(abs(b), 1e-3))
  if (!(worst <= tolerance)) stop(what, " differs by ", worst)
}

# --- cases ---

cases <- list()

add <- function(name, csv, arguments, source, log_likelihood, experts, gate = NULL, note = NULL, ...) {
  cases[[length(cases) + 1]] <<- c(
    list(name = name, csv = paste0("families/", csv, ".csv"), arguments = strsplit(arguments, " ")[[1]],
         source = source),
    if (!is.null(note)) list(note = note), list(log_likelihood = log_likelihood), list(...), list(experts = experts),
    if (!is.null(gate)) list(gate = gate))
  cat(sprintf("%-28s %.9f\n", name, log_likelihood))
}

# Writes a table and reads it back, so that the fit is to what the file holds.
table_of <- function(csv, data) {
  path <- file.path(written, "families", paste0(csv, ".csv"))
  write.csv(data, path, row.names = FALSE, quote = FALSE)
  read.csv(path)
}

named <- function(values, names)
  as.list(setNames(as.numeric(values), sub("(Intercept)", "(intercept)", names, fixed = TRUE)))

# A single expert whose parameters are those of the mean, then the dispersions by name.
expert <- function(fit, X, dispersions = character()) {
  mean <- seq_len(ncol(X))
  result <- list(coefficients = named(fit$t[mean], colnames(X)), standard_errors = named(fit$se[mean], colnames(X)))
  for (i in seq_along(dispersions)) {
    result[[dispersions[i]]] <- fit$t[ncol(X) + i]
    result[[paste0(dispersions[i], "_standard_error")]] <- fit$se[ncol(X) + i]
  }
  result
}

# Inputs away from zero and of different sizes, so that standardisation must be undone.
inputs <- function(n, seed) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
  data.frame(x1 = round(rnorm(n, 1, 0.8), 3), x2 = round(runif(n, 10, 40), 2))
}

first <- function(theta, X) X %*% theta[seq_len(ncol(X))]

one <- "-y y --features x1,x2 -k 1"

# gaussian, in four ways
d <- inputs(80, 1)
d$y <- round(2 - 1.5 * d$x1 + 0.2 * d$x2 + rnorm(80, 0, 1.3), 4)
d$w <- round(rgamma(80, 2, 1) + 0.05, 3)
d <- table_of("gaussian", d)
normal <- function(X, w = 1) function(t) sum(w * dnorm(d$y, first(t, X), t[ncol(X) + 1], log = TRUE))
as_lm <- function(r) {
  se <- summary(r)$coefficients[, 2]
  list(lm_standard_errors = named(se, names(se)), lm_sigma = summary(r)$sigma)
}
X <- model.matrix(~ x1 + x2, d)

r <- lm(y ~ x1 + x2, d)
fit <- polish(normal(X), c(coef(r), sqrt(mean(resid(r)^2))))
agree("lm", fit$t[1:3], coef(r), 1e-10)
agree("lm's log-likelihood", fit$value, as.numeric(logLik(r)), 1e-12)
agree("lm's standard errors", fit$se[1:3], summary(r)$coefficients[, 2] * sqrt(77 / 80), 1e-8)
add("gaussian", "gaussian", paste(one, "--family gaussian"), "stats::lm, polished", fit$value,
    list(c(expert(fit, X, "sigma"), as_lm(r))),
    note = "lm_* divide by n - p, as lm does")

r <- lm(y ~ x1 + x2, d, weights = w)
fit <- polish(normal(X, d$w), c(coef(r), sqrt(sum(d$w * resid(r)^2) / sum(d$w))))
agree("weighted lm", fit$t[1:3], coef(r), 1e-10)
agree("its standard errors", fit$se[1:3], summary(r)$coefficients[, 2] / summary(r)$sigma * fit$t[4], 1e-8)
add("gaussian-weighted", "gaussian", paste(one, "--weight w --family gaussian"), "stats::lm with weights, polished",
    fit$value, list(expert(fit, X, "sigma")),
    note = "the log-likelihood is sum w log p, sigma^2 = sum w r^2 / sum w, the information that sum's")

Z <- model.matrix(~ x1 + x2 - 1, d)
r <- lm(y ~ x1 + x2 - 1, d)
fit <- polish(normal(Z), c(coef(r), sqrt(mean(resid(r)^2))))
agree("lm without intercept", fit$t[1:2], coef(r), 1e-10)
agree("its standard errors", fit$se[1:2], summary(r)$coefficients[, 2] * sqrt(78 / 80), 1e-8)
add("gaussian-no-intercept", "gaussian", paste(one, "--expert linear:no-intercept --family gaussian"),
    "stats::lm, polished", fit$value, list(c(expert(fit, Z, "sigma"), as_lm(r))),
    note = "lm_* divide by n - p, as lm does")

unit <- function(t) sum(dnorm(d$y, first(t, X), 1, log = TRUE))
fit <- polish(unit, coef(lm(y ~ x1 + x2, d)))
add("gaussian-unit", "gaussian", paste(one, "--family gaussian:unit"), "stats::lm, polished", fit$value,
    list(expert(fit, X)))

# gaussian:hetero
d <- inputs(150, 2)
d$y <- round(1 + 0.8 * d$x1 - 0.1 * d$x2 + rnorm(150) * exp(-1 + 0.4 * d$x1 + 0.03 * d$x2), 4)
d <- table_of("hetero", d)
X <- model.matrix(~ x1 + x2, d)
hetero <- function(t) sum(dnorm(d$y, first(t, X), exp(X %*% t[4:6]), log = TRUE))
r <- gls(y ~ x1 + x2, d, weights = varComb(varExp(form = ~x1), varExp(form = ~x2)), method = "ML",
         control = glsControl(tolerance = 1e-10))
fit <- polish(hetero, c(coef(r), log(r$sigma), coef(r$modelStruct$varStruct, unconstrained = FALSE)))
agree("gls", fit$t[1:3], coef(r), 1e-3)
agree("gls's log-likelihood", fit$value, as.numeric(logLik(r)), 1e-7)
add("gaussian-hetero", "hetero", paste(one, "--family gaussian:hetero"), "nlme::gls, varExp of each input, polished",
    fit$value, list(list(
      coefficients = list(mean = named(fit$t[1:3], colnames(X)), log_sigma = named(fit$t[4:6], colnames(X))),
      standard_errors = list(mean = named(fit$se[1:3], colnames(X)), log_sigma = named(fit$se[4:6], colnames(X))))))

# student: mu + sigma t_nu
d <- inputs(200, 3)
d$y <- round(3 + 1.1 * d$x1 - 0.15 * d$x2 + 0.7 * rt(200, 4), 4)
d <- table_of("student", d)
X <- model.matrix(~ x1 + x2, d)
student <- function(t) sum(dt((d$y - first(t, X)) / t[4], t[5], log = TRUE) - log(t[4]))
r <- optim(c(coef(lm(y ~ x1 + x2, d)), 0, 1), function(u) -student(c(u[1:3], exp(u[4]), 1 + exp(u[5]))),
           method = "BFGS", control = list(maxit = 1000, reltol = 1e-14))
fit <- polish(student, c(r$par[1:3], exp(r$par[4]), 1 + exp(r$par[5])))
# At the estimated degrees of freedom, survreg, an independent implementation, must give the same.
s <- survival::survreg(survival::Surv(y) ~ x1 + x2, d, dist = "t", parms = c(df = unname(fit$t[5])),
                       control = list(rel.tolerance = 1e-13))
agree("survreg", c(coef(s), s$scale), fit$t[1:4], 1e-5)
agree("survreg's log-likelihood", s$loglik[2], fit$value, 1e-9)
add("student", "student", paste(one, "--family student"),
    "optim, polished; agrees with survival::survreg at the same nu", fit$value, list(expert(fit, X, c("sigma", "nu"))),
    note = "y = mean + sigma t_nu; sigma is the scale, not the sd; nu > 1")

# laplace
d <- inputs(120, 4)
d$y <- round(-1 + 0.9 * d$x1 + 0.25 * d$x2 + rexp(120) * sample(c(-1, 1), 120, replace = TRUE), 4)
d <- table_of("laplace", d)
X <- model.matrix(~ x1 + x2, d)
r <- rq(y ~ x1 + x2, 0.5, d, method = "br")
# The optimum passes through as many rows as it has coefficients. Solving for these removes the last rounding error.
rows <- order(abs(resid(r)))[1:3]
beta <- solve(X[rows, ], d$y[rows])
agree("rq", beta, coef(r), 1e-8)
scale <- mean(abs(d$y - X %*% beta))
add("laplace", "laplace", paste(one, "--family laplace"), "quantreg::rq at 0.5; scale = mean |r|",
    -120 * (log(2 * scale) + 1), list(list(coefficients = named(beta, colnames(X)), scale = scale)),
    note = "p(y) = exp(-|y - mu| / scale) / (2 scale); not smooth, so that there are no standard errors")

# skew-normal, by its mean
d <- inputs(200, 5)
d$y <- round(2 - 0.6 * d$x1 + 0.1 * d$x2 + 1.5 * (0.96 * abs(rnorm(200)) + 0.28 * rnorm(200)), 4)
d <- table_of("skew-normal", d)
X <- model.matrix(~ x1 + x2, d)
skew <- function(t) {
  shift <- t[4] * t[5] / sqrt(1 + t[5]^2) * sqrt(2 / pi)
  z <- (d$y - first(t, X) + shift) / t[4]
  sum(log(2) - log(t[4]) + dnorm(z, log = TRUE) + pnorm(t[5] * z, log.p = TRUE))
}
r <- selm(y ~ x1 + x2, data = d)
dp <- coef(r, "DP")
fit <- polish(skew, c(coef(r)[1:3], dp[4:5]))
agree("selm", coef(r)[1:3], fit$t[1:3], 1e-4)
agree("selm's log-likelihood", as.numeric(logLik(r)), fit$value, 1e-8)
delta <- fit$t[5] / sqrt(1 + fit$t[5]^2)
add("skew-normal", "skew-normal", paste(one, "--family skew-normal"), "sn::selm, polished", fit$value,
    list(c(expert(fit, X, c("omega", "alpha")), list(sd = fit$t[4] * sqrt(1 - 2 * delta^2 / pi),
         skewness = (4 - pi) / 2 * (delta * sqrt(2 / pi))^3 / (1 - 2 * delta^2 / pi)^1.5,
         location_intercept = fit$t[1] - fit$t[4] * delta * sqrt(2 / pi)))),
    note = paste("coefficients describe the mean of y; p(y) = 2/omega phi(z) Phi(alpha z), z = (y - xi) / omega,",
                 "xi = mean - omega delta sqrt(2/pi), delta = alpha / sqrt(1 + alpha^2)"))

# bernoulli
d <- inputs(150, 6)
d$y <- rbinom(150, 1, plogis(2 + 0.9 * d$x1 - 0.12 * d$x2))
d <- table_of("bernoulli", d)
X <- model.matrix(~ x1 + x2, d)
tight <- glm.control(1e-14, 100)
r <- glm(y ~ x1 + x2, binomial, d, control = tight)
fit <- polish(function(t) sum(plogis((2 * d$y - 1) * first(t, X), log.p = TRUE)), coef(r))
agree("glm binomial", coef(r), fit$t, 1e-8)
agree("its standard errors", summary(r)$coefficients[, 2], fit$se, 1e-6)
add("bernoulli", "bernoulli", paste(one, "--family bernoulli"), "stats::glm, polished", fit$value, list(expert(fit, X)))

# binomial
d <- inputs(90, 7)
d$n <- sample(1:12, 90, replace = TRUE)
d$y <- rbinom(90, d$n, plogis(-2.5 + 0.7 * d$x1 + 0.06 * d$x2))
d <- table_of("binomial", d)
X <- model.matrix(~ x1 + x2, d)
r <- glm(cbind(y, n - y) ~ x1 + x2, binomial, d, control = tight)
successes <- function(y, n, eta) lchoose(n, y) + y * plogis(eta, log.p = TRUE) + (n - y) * plogis(-eta, log.p = TRUE)
fit <- polish(function(t) sum(successes(d$y, d$n, first(t, X))), coef(r))
agree("glm successes", coef(r), fit$t, 1e-8)
agree("its log-likelihood", as.numeric(logLik(r)), fit$value, 1e-12)
agree("its standard errors", summary(r)$coefficients[, 2], fit$se, 1e-6)
add("binomial", "binomial", paste(one, "--trials n --family binomial"), "stats::glm, polished", fit$value,
    list(expert(fit, X)), note = "y counts successes of n; the log-likelihood has log choose(n, y)")

# categorical
d <- inputs(180, 8)
eta <- cbind(0, -2 + 0.8 * d$x1 + 0.05 * d$x2, 1.5 - 0.7 * d$x1 - 0.04 * d$x2)
d$y <- apply(exp(eta), 1, function(p) sample(c("a", "b", "c"), 1, prob = p))
d <- table_of("categorical", d)
X <- model.matrix(~ x1 + x2, d)
r <- multinom(y ~ x1 + x2, d, trace = FALSE, reltol = 1e-14, abstol = 0, maxit = 1000)
class_ <- match(d$y, c("a", "b", "c"))
logits <- function(t) {
  eta <- cbind(0, X %*% t[1:3], X %*% t[4:6])
  sum(eta[cbind(1:180, class_)] - log(rowSums(exp(eta))))
}
fit <- polish(logits, as.vector(t(coef(r))))
agree("multinom", as.vector(t(coef(r))), fit$t, 1e-4)
agree("its log-likelihood", as.numeric(logLik(r)), fit$value, 1e-9)
agree("its standard errors", as.vector(t(summary(r)$standard.errors)), fit$se, 1e-4)
add("categorical", "categorical", paste(one, "--family categorical"), "nnet::multinom, polished", fit$value,
    list(list(
      coefficients = list(a = named(c(0, 0, 0), colnames(X)), b = named(fit$t[1:3], colnames(X)),
                          c = named(fit$t[4:6], colnames(X))),
      standard_errors = list(b = named(fit$se[1:3], colnames(X)), c = named(fit$se[4:6], colnames(X))))),
    note = "relative to the first class, which has no standard errors")

# poisson: plain, with an offset, with an exposure
d <- inputs(100, 9)
d$off <- round(rnorm(100, 0, 0.5), 3)
d$time <- round(rgamma(100, 3, 1) + 0.1, 3)
d$y <- rpois(100, exp(-0.5 + 0.5 * d$x1 + 0.05 * d$x2))
d$y_off <- rpois(100, exp(-0.5 + 0.5 * d$x1 + 0.05 * d$x2 + d$off))
d$y_time <- rpois(100, d$time * exp(-1 + 0.4 * d$x1 + 0.03 * d$x2))
d <- table_of("poisson", d)
X <- model.matrix(~ x1 + x2, d)
for (case in list(list("", "y", 0, ""), list("-offset", "y_off", d$off, "--offset off "),
                  list("-exposure", "y_time", log(d$time), "--exposure time "))) {
  count <- d[[case[[2]]]]
  shift <- case[[3]] + numeric(100)
  r <- glm(count ~ x1 + x2, poisson, d, offset = shift, control = tight)
  fit <- polish(function(t) sum(dpois(count, exp(first(t, X) + shift), log = TRUE)), coef(r))
  agree("glm poisson", coef(r), fit$t, 1e-8)
  agree("its log-likelihood", as.numeric(logLik(r)), fit$value, 1e-12)
  agree("its standard errors", summary(r)$coefficients[, 2], fit$se, 1e-6)
  add(paste0("poisson", case[[1]]), "poisson",
      sprintf("-y %s --features x1,x2 -k 1 %s--family poisson", case[[2]], case[[4]]),
      "stats::glm, polished", fit$value, list(expert(fit, X)),
      note = switch(case[[1]], "-offset" = "log mean = offset + coefficients",
                    "-exposure" = "log mean = log exposure + coefficients"))
}

# negative-binomial
d <- inputs(150, 10)
d$y <- rnbinom(150, mu = exp(0.5 + 0.4 * d$x1 + 0.03 * d$x2), size = 1.8)
d <- table_of("negative-binomial", d)
X <- model.matrix(~ x1 + x2, d)
r <- glm.nb(y ~ x1 + x2, d, control = glm.control(1e-12, 100))
fit <- polish(function(t) sum(dnbinom(d$y, mu = exp(first(t, X)), size = t[4], log = TRUE)), c(coef(r), r$theta))
agree("glm.nb", c(coef(r), r$theta), fit$t, 1e-5)
agree("its log-likelihood", as.numeric(logLik(r)), fit$value, 1e-9)
add("negative-binomial", "negative-binomial", paste(one, "--family negative-binomial"), "MASS::glm.nb, polished",
    fit$value, list(expert(fit, X, "size")),
    note = "variance = mu + mu^2 / size, glm.nb's theta; joint observed information, where glm.nb has the expected one")

# gamma
d <- inputs(120, 11)
d$y <- signif(rgamma(120, shape = 2.5, rate = 2.5 / exp(0.3 + 0.5 * d$x1 - 0.03 * d$x2)), 5)
d <- table_of("gamma", d)
X <- model.matrix(~ x1 + x2, d)
r <- glm(y ~ x1 + x2, Gamma("log"), d, control = tight)
shape <- gamma.shape(r, eps.max = 1e-12)$alpha
fit <- polish(function(t) sum(dgamma(d$y, shape = t[4], rate = t[4] / exp(first(t, X)), log = TRUE)),
              c(coef(r), shape))
agree("glm Gamma", c(coef(r), shape), fit$t, 1e-7)
add("gamma", "gamma", paste(one, "--family gamma"), "stats::glm with a log link and MASS::gamma.shape, polished",
    fit$value, list(expert(fit, X, "shape")),
    note = "variance = mu^2 / shape; joint observed information, where glm has the expected one")

# beta
d <- inputs(120, 12)
mu <- plogis(-1 + 0.5 * d$x1 + 0.03 * d$x2)
d$y <- pmin(pmax(round(rbeta(120, 9 * mu, 9 * (1 - mu)), 5), 1e-5), 1 - 1e-5)
d <- table_of("beta", d)
X <- model.matrix(~ x1 + x2, d)
beta_regression <- function(t) {
  mu <- plogis(first(t, X))
  sum(dbeta(d$y, t[4] * mu, t[4] * (1 - mu), log = TRUE))
}
r <- optim(c(coef(lm(qlogis(y) ~ x1 + x2, d)), 1), function(u) -beta_regression(c(u[1:3], exp(u[4]))),
           method = "BFGS", control = list(maxit = 1000, reltol = 1e-14))
fit <- polish(beta_regression, c(r$par[1:3], exp(r$par[4])))
python <- "
import sys, numpy as np
from statsmodels.othermod.betareg import BetaModel
t = np.genfromtxt(sys.argv[1], delimiter=',', names=True)
r = BetaModel(t['y'], np.column_stack([np.ones(len(t)), t['x1'], t['x2']])).fit(disp=0, gtol=1e-12, maxiter=1000)
print(repr(r.llf), *[repr(v) for v in [*r.params[:3], np.exp(r.params[3])]])"
beta_csv <- file.path(written, "families", "beta.csv")
said <- suppressWarnings(system2("/usr/bin/python3", c("-c", shQuote(python), shQuote(beta_csv)), stdout = TRUE,
                                 stderr = FALSE))
if (is.null(attr(said, "status"))) {
  said <- as.numeric(strsplit(tail(said, 1), " ")[[1]])
  agree("statsmodels' BetaModel", said, c(fit$value, fit$t), 1e-5)
} else cat("statsmodels is not installed: the beta regression goes without its check\n")
add("beta", "beta", paste(one, "--family beta"),
    "optim, polished (Debian has no betareg); agrees with statsmodels' BetaModel", fit$value,
    list(expert(fit, X, "precision")),
    note = "logit mean = coefficients; y is Beta(mu precision, (1 - mu) precision)")

# zero-inflated-poisson
d <- inputs(200, 13)
d$y <- rpois(200, exp(0.2 + 0.4 * d$x1 + 0.03 * d$x2)) * rbinom(200, 1, 0.7)
d <- table_of("zero-inflated-poisson", d)
X <- model.matrix(~ x1 + x2, d)
inflated <- function(t) {
  mu <- exp(first(t, X))
  sum(ifelse(d$y == 0, log(t[4] + (1 - t[4]) * exp(-mu)), log1p(-t[4]) + dpois(d$y, mu, log = TRUE)))
}
r <- zeroinfl(y ~ x1 + x2 | 1, d, control = zeroinfl.control(reltol = 1e-14))
fit <- polish(inflated, c(r$coefficients$count, plogis(r$coefficients$zero)))
agree("zeroinfl", c(r$coefficients$count, plogis(r$coefficients$zero)), fit$t, 1e-4)
agree("its log-likelihood", as.numeric(logLik(r)), fit$value, 1e-9)
agree("its standard errors", sqrt(diag(vcov(r)))[1:3], fit$se[1:3], 1e-3)
add("zero-inflated-poisson", "zero-inflated-poisson", paste(one, "--family zero-inflated-poisson"),
    "pscl::zeroinfl, polished", fit$value, list(expert(fit, X, "zero_probability")),
    note = "p(0) = zero_probability + (1 - zero_probability) exp(-mu); coefficients describe log mu, mu not the mean")

# --- mixtures of two ---

log_add <- function(a, b) pmax(a, b) + log1p(exp(-abs(a - b)))

# EM that begins at the posteriors of flexmix's best start, with a weighted fit for each expert and the gate, until the gain is 1e-10.
em <- function(posterior, maximise, log_parts) {
  last <- -Inf
  for (pass in 1:20000) {
    theta <- maximise(posterior)
    parts <- log_parts(theta)
    total <- log_add(parts[, 1], parts[, 2])
    posterior <- exp(parts - total)
    if (sum(total) - last < 1e-10) break
    last <- sum(total)
  }
  theta
}

mixture <- function(name, csv, arguments, X, gate_X, driver, prior, maximise, log_parts, dispersions = character()) {
  set.seed(100)
  starts <- lapply(1:20, function(i)
    flexmix(y ~ x1 + x2, k = 2, data = d, model = driver, concomitant = prior,
            control = list(minprior = 0, iter.max = 1000, tolerance = 1e-8)))
  best <- starts[[which.max(sapply(starts, logLik))]]
  total <- function(t) {
    parts <- log_parts(t)
    sum(log_add(parts[, 1], parts[, 2]))
  }
  theta <- em(posterior(best), maximise, log_parts)
  fit <- polish(total, theta)
  agree("em", total(theta), fit$value, 1e-8)
  q <- ncol(X) + length(dispersions)
  each <- lapply(0:1, function(k) expert(list(t = fit$t[k * q + 1:q], se = fit$se[k * q + 1:q]), X, dispersions))
  g <- 2 * q + seq_len(ncol(gate_X))
  gate <- list(coefficients = list(named(fit$t[g], colnames(gate_X)), named(0 * fit$t[g], colnames(gate_X))),
               standard_errors = list(named(fit$se[g], colnames(gate_X)), setNames(list(), character())))
  if (each[[1]]$coefficients[[1]] > each[[2]]$coefficients[[1]]) {
    # The other order only changes the signs of the gate, as it is measured from the last expert.
    each <- rev(each)
    gate$coefficients[[1]] <- lapply(gate$coefficients[[1]], `-`)
  }
  add(name, csv, arguments, "flexmix, the best of 20 starts, then EM, polished", fit$value, each, gate,
      "experts in order of intercept, the gate relative to the last")
}

log_gate <- function(t) cbind(plogis(t, log.p = TRUE), plogis(-t, log.p = TRUE))
log_odds <- function(posterior) qlogis(mean(posterior[, 1]))
# Posteriors are no counts, so binomial() and poisson() warn.
weighted_glm <- function(y, w, family)
  suppressWarnings(glm.fit(X, y, w, family = family, control = list(epsilon = 1e-13, maxit = 100))$coefficients)
two <- "-y y --features x1,x2 -k 2 --restarts 20"

# poisson
d <- inputs(160, 14)
component <- rbinom(160, 1, 0.4)
d$y <- rpois(160, exp(ifelse(component == 1, 0.3 + 0.6 * d$x1, 2.8 - 0.5 * d$x1 + 0.01 * d$x2)))
d <- table_of("poisson-k2", d)
X <- model.matrix(~ x1 + x2, d)
constant <- X[, 1, drop = FALSE]
mixture("poisson-k2", "poisson-k2", paste(two, "--gate constant --family poisson"),
        X, constant, FLXMRglm(family = "poisson"), FLXPconstant(),
        function(posterior) c(apply(posterior, 2, function(w) weighted_glm(d$y, w, poisson())), log_odds(posterior)),
        function(t) cbind(dpois(d$y, exp(X %*% t[1:3]), log = TRUE), dpois(d$y, exp(X %*% t[4:6]), log = TRUE)) +
          log_gate(rep(t[7], 160)))

# binomial
d <- inputs(160, 15)
component <- rbinom(160, 1, 0.5)
d$n <- sample(8:20, 160, replace = TRUE)
d$y <- rbinom(160, d$n, plogis(ifelse(component == 1, -2 + 0.8 * d$x1 - 0.02 * d$x2, 1.5 - 0.6 * d$x1 + 0.05 * d$x2)))
d <- table_of("binomial-k2", d)
X <- model.matrix(~ x1 + x2, d)
constant <- X[, 1, drop = FALSE]
mixture("binomial-k2", "binomial-k2", paste(two, "--gate constant --trials n --family binomial"),
        X, constant, FLXMRglm(cbind(y, n - y) ~ ., family = "binomial"), FLXPconstant(),
        function(posterior)
          c(apply(posterior, 2, function(w) weighted_glm(d$y / d$n, w * d$n, binomial())), log_odds(posterior)),
        function(t) cbind(successes(d$y, d$n, X %*% t[1:3]), successes(d$y, d$n, X %*% t[4:6])) +
          log_gate(rep(t[7], 160)))

# gaussian, with a gate that depends on inputs
d <- inputs(200, 16)
component <- rbinom(200, 1, plogis(4 - 0.5 * d$x1 - 0.16 * d$x2))
d$y <- round(ifelse(component == 1, -1 + 1.2 * d$x1 + 0.1 * d$x2 + rnorm(200, 0, 0.6),
                    6 - 0.8 * d$x1 - 0.05 * d$x2 + rnorm(200, 0, 0.9)), 4)
d <- table_of("gaussian-k2", d)
X <- model.matrix(~ x1 + x2, d)
mixture("gaussian-k2-gate", "gaussian-k2", paste(two, "--gate softmax --family gaussian"),
        X, X, FLXMRglm(family = "gaussian"), FLXPmultinom(~ x1 + x2),
        function(posterior) {
          c(apply(posterior, 2, function(w) {
            r <- lm.wfit(X, d$y, w)
            c(r$coefficients, sqrt(sum(w * r$residuals^2) / sum(w)))
          }), weighted_glm(posterior[, 1], rep(1, 200), binomial()))
        },
        function(t) cbind(dnorm(d$y, X %*% t[1:3], t[4], log = TRUE), dnorm(d$y, X %*% t[5:7], t[8], log = TRUE)) +
          log_gate(X %*% t[9:11]), "sigma")

# --- the file ---

about <- paste(
  "Maximum likelihood fits by R, a csv and the options of `moe train` for each. log_likelihood keeps every constant of",
  "the density. Standard errors come from the observed information, all parameters together, which differences of the",
  "log-likelihood give at an optimum whose gradient is nil: log_likelihood is good to 1e-9, coefficients to 1e-7 and",
  "standard errors to 1e-6 of themselves. `name`_standard_error is that of the dispersion `name`.")
json <- toJSON(list(about = about, cases = cases), auto_unbox = TRUE, digits = I(15), pretty = 1, null = "null")
writeLines(json, file.path(written, "families.json"))

if ("--check" %in% arguments) {
  numbers <- function(path) unlist(fromJSON(path, simplifyVector = FALSE)$cases)
  new <- numbers(file.path(written, "families.json"))
  old <- numbers(file.path(target, "families.json"))
  same <- identical(names(new), names(old))
  if (same) {
    a <- suppressWarnings(as.numeric(new))
    b <- suppressWarnings(as.numeric(old))
    text <- is.na(b)
    same <- identical(is.na(a), text) && identical(unname(new[text]), unname(old[text])) &&
      max(abs(a - b)[!text] / pmax(1e-6, abs(b[!text]))) < 1e-7
  }
  tables <- list.files(file.path(target, "families"))
  same <- same && identical(tables, list.files(file.path(written, "families"))) &&
    all(tools::md5sum(file.path(target, "families", tables)) == tools::md5sum(file.path(written, "families", tables)))
  cat(if (same) "the files hold what was computed\n" else "the files differ from what was computed\n")
  if (!same) quit(status = 1)
}
