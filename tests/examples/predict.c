/* predict MODEL OUTPUTS < ROWS: what `moe predict -m MODEL --output OUTPUTS` says, through the C interface. ROWS: a header and
 * cells without quotes. Built with `cc predict.c $(pkg-config --cflags --libs moe)`. */
#include <moe/moe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 65536, CELLS = 1000 };

static int fail(void) {
  fprintf(stderr, "predict: %s\n", moe_error());
  return 1;
}

/* Cuts a line into its cells; returns how many there are. */
static size_t split(char* line, char** cells) {
  size_t count = 0;
  line[strcspn(line, "\r\n")] = '\0';
  for (cells[count++] = line; *line != '\0' && count < CELLS; ++line)
    if (*line == ',') {
      *line = '\0';
      cells[count++] = line + 1;
    }
  return count;
}

/* Where the model's columns stand among the table's; `count` for one that is not there. */
static void find_columns(const moe_model* model, char** header, size_t count, size_t* places) {
  for (size_t i = 0; i < moe_columns(model); ++i)
    for (places[i] = 0; places[i] < count; ++places[i])
      if (strcmp(header[places[i]], moe_column_name(model, i)) == 0) break;
}

/* Row by row; many rows in a call are faster. */
static int predict(const moe_model* model, const char* outputs) {
  static char line[LINE];
  char* cells[CELLS];
  size_t places[CELLS];
  const size_t columns = moe_columns(model), width = moe_outputs(model, outputs);
  if (width == 0) return fail();
  double* row = malloc((columns + width) * sizeof *row);
  if (row == NULL || fgets(line, LINE, stdin) == NULL) return 1;
  find_columns(model, cells, split(line, cells), places);
  size_t label = width; /* which number stands for a class */
  for (size_t i = 0; i < width; ++i) {
    char name[100];
    if (moe_output_name(model, outputs, i, name, sizeof name) != MOE_OK) return fail();
    if (strcmp(name, "label") == 0) label = i;
    printf("%s%s", i > 0 ? "," : "", name);
  }
  puts("");
  while (fgets(line, LINE, stdin) != NULL) {
    const size_t count = split(line, cells);
    for (size_t i = 0; i < columns; ++i) {
      const char* cell = places[i] < count ? cells[places[i]] : "";
      row[i] = moe_column_value(model, i, cell);
      if (row[i] == -1 && moe_column_levels(model, i) > 0) {
        fprintf(stderr, "predict: %s: the level '%s' was not there in training\n", moe_column_name(model, i), cell);
        return 1;
      }
    }
    if (moe_predict(model, outputs, row, NULL, 1, row + columns, width) != MOE_OK) return fail();
    for (size_t i = 0; i < width; ++i) {
      const double value = row[columns + i];
      if (i > 0) printf(",");
      if (i == label)
        printf("%s", moe_label(model, (size_t)value));
      else
        printf("%.17g", value);
    }
    puts("");
  }
  free(row);
  return 0;
}

int main(int argc, char** argv) {
  moe_model* model;
  if (argc != 3 || moe_abi_version() != MOE_ABI_VERSION) return 2;
  if (moe_open(argv[1], &model) != MOE_OK) return fail();
  const int status = predict(model, argv[2]);
  moe_free(model);
  return status;
}
