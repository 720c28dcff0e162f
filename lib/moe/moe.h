/* moe for other languages: open a model, ask what it is, predict. Plain C99; link with -lmoe.
 *
 *     moe_model* model;
 *     double x[2] = {20, 25}, out[4];                       two rows of one column
 *     if (moe_open("mcycle.moe", &model) != MOE_OK) puts(moe_error());
 *     if (moe_predict(model, "mean,sd", x, NULL, 2, out, 4) != MOE_OK) puts(moe_error());
 *     moe_free(model);
 *
 * A model does not change once it is open: any number of threads may use one at the same time. Functions that return an int give
 * MOE_OK or what went wrong, and then moe_error() is a sentence about it. Nothing is thrown, printed or read from the environment.
 * The first prediction sets OpenBLAS to one thread, for a program that uses it, too: threads are the caller's.
 * What pointers give belongs to the model and lives as long as it. Text is UTF-8. */
#ifndef MOE_H
#define MOE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of this interface, and of the library's name, libmoe.so.1: it changes when a program must be compiled anew. */
#define MOE_ABI_VERSION 1

enum moe_status {
  MOE_OK = 0,
  MOE_FAILED = 1,    /* out of memory */
  MOE_USAGE = 2,     /* arguments that make no sense to this model */
  MOE_DATA = 3,      /* rows that cannot be predicted */
  MOE_BAD_MODEL = 4, /* no model, or a damaged one */
  MOE_IO = 5         /* cannot read */
};

typedef struct moe_model moe_model;

/* MOE_ABI_VERSION of the library that is loaded. */
int moe_abi_version(void);
/* Of the library, as "0.1.0". */
const char* moe_version(void);
/* The sentence of the last call in this thread that failed, "" where none has; it stays until the next one that fails. */
const char* moe_error(void);

/* Opens a model file, which is whole and valid then. *model is NULL where it fails. */
int moe_open(const char* path, moe_model** model);
/* The same of a file's `size` bytes, which are no longer needed afterwards. */
int moe_open_bytes(const void* bytes, size_t size, moe_model** model);
/* NULL is nothing to free. */
void moe_free(moe_model* model);

/* --- What a row is made of ------------------------------------------------------------------------------------------------
 * The columns of a table that a prediction needs, in order: those of the inputs, then where the model has them those of the
 * trials, of the offset and of the exposure. Names and levels beyond the last are NULL. */

size_t moe_columns(const moe_model* model);
const char* moe_column_name(const moe_model* model, size_t column);
/* Levels of a category; 0: a number. */
size_t moe_column_levels(const moe_model* model, size_t column);
const char* moe_column_level(const moe_model* model, size_t column, size_t level);
/* What stands for a cell's text in a row, blanks round it aside: of a category the number of its level, from 0, the missing words'
 * one where the text is one of those; NaN for a missing number, or a category's missing cell that the model has no level for. -1: no
 * such level, as new data may have (0, the reference, is what `moe predict --unknown ignore` takes it for); of a number NaN, too,
 * where the text is none. */
double moe_column_value(const moe_model* model, size_t column, const char* text);

/* --- What is predicted ---------------------------------------------------------------------------------------------------- */

size_t moe_targets(const moe_model* model);
const char* moe_target_name(const moe_model* model, size_t target);
/* Classes, of two the positive one last; 0: the target is a number. */
size_t moe_labels(const moe_model* model);
const char* moe_label(const moe_model* model, size_t label);
size_t moe_experts(const moe_model* model);
/* How expert 0 .. describes the target: "gaussian", .. */
const char* moe_expert_family(const moe_model* model, size_t expert);

/* `outputs` is a list as that of `moe predict --output`: "mean,sd", "q0.05,median", "interval:0.9", "label,proba", "gate",
 * "expert_means", "expert", "log_density", "density", "responsibility"; "" or NULL: mean, or label,proba of classes. */

/* How many numbers a row of the output has; 0 where `outputs` makes no sense. */
size_t moe_outputs(const moe_model* model, const char* outputs);
/* Writes the name of number `i` of a row, "p_yes", cut to `size` - 1 bytes and ended by a zero byte. */
int moe_output_name(const moe_model* model, const char* outputs, size_t i, char* name, size_t size);

/* Predicts `rows` rows.
 *   x    rows x moe_columns(), row by row: numbers, numbers of levels, NaN for a missing cell (an error unless the model was
 *        fitted to say what becomes of it)
 *   y    rows x moe_targets(), row by row, of a class its number; needed for log_density, density and responsibility, else NULL
 *   out  rows x moe_outputs(), row by row; `size` is how many numbers it has room for. label is the number of a class.
 * The same bits as `moe predict`, however many rows come at once. Where it fails, `out` holds nothing of use. */
int moe_predict(const moe_model* model, const char* outputs, const double* x, const double* y, size_t rows, double* out,
                size_t size);

#ifdef __cplusplus
}
#endif

#endif
