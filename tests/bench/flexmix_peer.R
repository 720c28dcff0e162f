# flexmix_peer.R FILE.csv K ITERATIONS: seconds of a fit by EM (softmax gate, linear normal experts), its iterations, its
# log-likelihood.
suppressMessages(library(flexmix))
words <- commandArgs(TRUE)
table <- read.csv(words[1])
inputs <- setdiff(names(table), "y")
set.seed(1)
spent <- system.time(fit <- suppressWarnings(flexmix(
  reformulate(inputs, "y"), data = table, k = as.integer(words[2]), concomitant = FLXPmultinom(reformulate(inputs)),
  control = list(iter.max = as.integer(words[3]), minprior = 0, tolerance = 1e-8))))
seconds <- if (Sys.getenv("BENCH_CLOCK") == "cpu") spent[["user.self"]] + spent[["sys.self"]] else spent[["elapsed"]]
cat(sprintf("%.3f s, %d iterations, log-likelihood %.3f\n", seconds, fit@iter, as.numeric(logLik(fit))))
