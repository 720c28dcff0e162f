/* libmoe for R's .Call, see predict.R. Built by
 *   PKG_CPPFLAGS=$(pkg-config --cflags moe) PKG_LIBS=$(pkg-config --libs moe) R CMD SHLIB moe_r.c */
#include <R.h>
#include <Rinternals.h>
#include <moe/moe.h>

static const char *text(SEXP words, R_xlen_t i) { return Rf_translateCharUTF8(STRING_ELT(words, i)); }

static SEXP utf8(const char *word) { return Rf_mkCharCE(word, CE_UTF8); }

static void require(int status) {
  if (status != MOE_OK) Rf_error("%s", moe_error());
}

static SEXP names_of(const moe_model *model, size_t count, const char *(*name)(const moe_model *, size_t)) {
  SEXP names = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)count));
  for (size_t i = 0; i < count; ++i) SET_STRING_ELT(names, (R_xlen_t)i, utf8(name(model, i)));
  UNPROTECT(1);
  return names;
}

static void close_model(SEXP handle) {
  moe_free(R_ExternalPtrAddr(handle));
  R_ClearExternalPtr(handle);
}

/* A model file, until R collects what is returned. */
SEXP moe_r_open(SEXP path) {
  moe_model *model;
  SEXP handle;
  require(moe_open(text(path, 0), &model));
  handle = PROTECT(R_MakeExternalPtr(model, R_NilValue, R_NilValue));
  R_RegisterCFinalizer(handle, close_model);
  UNPROTECT(1);
  return handle;
}

/* The names of the columns that a row has. */
SEXP moe_r_columns(SEXP handle) {
  const moe_model *model = R_ExternalPtrAddr(handle);
  return names_of(model, moe_columns(model), moe_column_name);
}

/* What stands for the cells of column 1, 2 .. in a row; a level that is not known counts as the first. */
SEXP moe_r_values(SEXP handle, SEXP column, SEXP cells) {
  const moe_model *model = R_ExternalPtrAddr(handle);
  const size_t place = (size_t)Rf_asInteger(column) - 1;
  const int category = moe_column_levels(model, place) > 0;
  SEXP values = PROTECT(Rf_allocVector(REALSXP, Rf_xlength(cells)));
  for (R_xlen_t n = 0; n < Rf_xlength(cells); ++n) {
    const double value = moe_column_value(model, place, text(cells, n));
    REAL(values)[n] = category && value == -1 ? 0 : value;
  }
  UNPROTECT(1);
  return values;
}

/* x: a column of the matrix for each row of the table. Returns the predictions in the same way, with their names. */
SEXP moe_r_predict(SEXP handle, SEXP outputs, SEXP x) {
  const moe_model *model = R_ExternalPtrAddr(handle);
  const char *words = text(outputs, 0);
  const size_t width = moe_outputs(model, words);
  SEXP out, names, both;
  if (width == 0) Rf_error("%s", moe_error());
  out = PROTECT(Rf_allocMatrix(REALSXP, (int)width, Rf_ncols(x)));
  require(moe_predict(model, words, REAL(x), NULL, (size_t)Rf_ncols(x), REAL(out), (size_t)Rf_xlength(out)));
  names = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)width));
  for (size_t i = 0; i < width; ++i) {
    char name[1000];
    require(moe_output_name(model, words, i, name, sizeof name));
    SET_STRING_ELT(names, (R_xlen_t)i, utf8(name));
  }
  both = PROTECT(Rf_allocVector(VECSXP, 2));
  SET_VECTOR_ELT(both, 0, names);
  Rf_setAttrib(out, R_DimNamesSymbol, both);
  UNPROTECT(3);
  return out;
}

/* The classes' names. */
SEXP moe_r_labels(SEXP handle) {
  const moe_model *model = R_ExternalPtrAddr(handle);
  return names_of(model, moe_labels(model), moe_label);
}
