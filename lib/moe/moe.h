/* moe for other languages: opens a model, tells what it is, and predicts. Plain C99; link with -lmoe.
 *
 *     moe_model* model;
 *     double x[2] = {20, 25}, out[4];                       two rows of one column
 *     if (moe_open("mcycle.moe", &model) != MOE_OK) puts(moe_error());
 *     if (moe_predict(model, "mean,sd", x, NULL, 2, out, 4) != MOE_OK) puts(moe_error());
 *     moe_free(model);
 *
 * An open model does not change, so any number of threads may use it at the same time. A function that returns an int
 * returns MOE_OK or an error; moe_error() is then a sentence about it. Nothing is thrown, printed or read from the
 * environment. The first prediction sets OpenBLAS to one thread, in a program that uses it itself, too.
 * What a returned pointer points to belongs to the model, and lives as long as it. Text is UTF-8. */
#ifndef MOE_H
#define MOE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface, and of the library's name, libmoe.so.1.
 * It changes when programs must be compiled anew. */
#define MOE_ABI_VERSION 1

enum moe_status {
  MOE_OK = 0,
  MOE_FAILED = 1,    /* out of memory */
  MOE_USAGE = 2,     /* arguments that make no sense for this model */
  MOE_DATA = 3,      /* rows that cannot be predicted */
  MOE_BAD_MODEL = 4, /* no model, or a damaged one */
  MOE_IO = 5         /* cannot read */
};

typedef struct moe_model moe_model;

/* MOE_ABI_VERSION of the library that is loaded. */
int moe_abi_version(void);
/* The version of the library, such as "0.1.0". */
const char* moe_version(void);
/* The sentence about the last call in this thread that failed; "" if none has. It stays until another call fails. */
const char* moe_error(void);

/* Opens a model file and checks that it is complete and valid. Sets *model to NULL where it fails. */
int moe_open(const char* path, moe_model** model);
/* The same for the `size` bytes of a file in memory, which are not needed afterwards. */
int moe_open_bytes(const void* bytes, size_t size, moe_model** model);
/* NULL is allowed. */
void moe_free(moe_model* model);

/* --- What a row is made of -------------------------------------------------------------------------------------------
 * The columns of a table that a prediction needs, in this order: those of the inputs, then those of the trials, the
 * offset and the exposure, if the model has them. Names and levels beyond the last one are NULL. */

size_t moe_columns(const moe_model* model);
const char* moe_column_name(const moe_model* model, size_t column);
/* The number of levels of a category; 0 for a number. */
size_t moe_column_levels(const moe_model* model, size_t column);
const char* moe_column_level(const moe_model* model, size_t column, size_t level);
/* The number that stands in a row for a cell with this text; blanks around the text are ignored.
 * For a category it is the number of the level, from 0. A missing cell is the level for missing cells, or NaN where the
 * model has no such level. A text that is no level, as new data may have, gives -1; `moe predict --unknown ignore`
 * takes such a cell for level 0, the reference.
 * For a number it is that number, and NaN where the cell is missing or no number. */
double moe_column_value(const moe_model* model, size_t column, const char* text);

/* --- What is predicted -------------------------------------------------------------------------------------------- */

size_t moe_targets(const moe_model* model);
const char* moe_target_name(const moe_model* model, size_t target);
/* The number of classes, of which the last of two is the positive one; 0 where the target is a number. */
size_t moe_labels(const moe_model* model);
const char* moe_label(const moe_model* model, size_t label);
size_t moe_experts(const moe_model* model);
/* The family of expert 0 ..: "gaussian", .. */
const char* moe_expert_family(const moe_model* model, size_t expert);

/* `outputs` is a list like that of `moe predict --output`: "mean,sd", "q0.05,median", "interval:0.9", "label,proba",
 * "gate", "expert_means", "expert", "log_density", "density", "responsibility".
 * "" or NULL means mean, or label,proba for classes. */

/* How many numbers a row of the output has; 0 where `outputs` is not valid. */
size_t moe_outputs(const moe_model* model, const char* outputs);
/* Writes the name of number `i` of a row, such as "p_yes", cut to `size` - 1 bytes, with a zero byte at its end. */
int moe_output_name(const moe_model* model, const char* outputs, size_t i, char* name, size_t size);

/* Predicts `rows` rows.
 *   x    rows x moe_columns(), row by row: numbers, numbers of levels, and NaN for a missing cell (which is an error
 *        unless the model has a rule for missing cells)
 *   y    rows x moe_targets(), row by row; a class is given by its number. Needed for log_density, density and
 *        responsibility; otherwise it may be NULL
 *   out  rows x moe_outputs(), row by row; `size`: how many numbers it has room for. A label is the number of a class.
 * The results have the same bits as those of `moe predict`, however many rows are given at once.
 * Where it fails, the content of `out` is undefined. */
int moe_predict(const moe_model* model, const char* outputs, const double* x, const double* y, size_t rows, double* out,
                size_t size);

#ifdef __cplusplus
}
#endif

#endif
