// The fields of the what-if panel, in which a reader sets inputs.

/** Fields for the inputs. `changed` is called after each change; row() gives the inputs as the model reads them. */
function controlsOf(inputs, changed) {
  const controls = inputs.map((input, i) =>
    input.kind === "level" ? levelControl(input, i, changed) : numberControl(input, i, changed),
  );
  const reset = element("button", { type: "button" }, "Back to the beginning");
  reset.addEventListener("click", () => {
    controls.forEach((control) => control.reset());
    changed();
  });
  return {
    box: element(
      "div",
      { class: "controls", tabindex: "0", role: "group", "aria-label": "Inputs" },
      controls.map((control) => control.box),
      reset,
    ),
    row: () => Object.fromEntries(inputs.map((input, i) => [input.name, controls[i].value()])),
    inWords: () => inputs.map((input, i) => `${input.name} = ${controls[i].value() ?? "missing"}`).join(", "),
  };
}

function levelControl(input, i, changed) {
  const levels = input.missing && !input.levels.includes("(missing)") ? [...input.levels, "(missing)"] : input.levels;
  const select = element(
    "select",
    { id: `input-${i}`, name: `input-${i}` },
    levels.map((level, l) => element("option", { value: l }, level)),
  );
  const reset = () => (select.selectedIndex = Math.max(0, levels.indexOf(input.value)));
  reset();
  select.addEventListener("change", changed);
  const head = element(
    "div",
    { class: "head" },
    element("label", { for: `input-${i}` }, breakable(input.name)),
    select,
  );
  return { box: element("div", { class: "control" }, head), value: () => levels[select.selectedIndex], reset };
}

/** A number has a slider in steps that a person would choose, and a field for any value. */
function numberControl(input, i, changed) {
  const span = input.high > input.low ? input.high - input.low : Math.abs(input.low) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 100));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= (span / 100) * 0.999);
  const end = (x, round) => Number((round(x / step) * step).toPrecision(12));
  const slider = element("input", {
    type: "range",
    name: `slider-${i}`,
    step,
    min: end(input.low, Math.floor),
    max: end(input.low + span, Math.ceil),
    "aria-label": input.name,
  });
  const field = element("input", { type: "number", id: `input-${i}`, name: `input-${i}`, step: "any", required: "" });
  const missing = input.missing ? element("input", { type: "checkbox", name: `missing-${i}` }) : undefined;
  const show = () => (field.disabled = slider.disabled = missing !== undefined && missing.checked);
  const reset = () => {
    field.value = input.value;
    slider.value = input.value;
    if (missing) missing.checked = false;
    show();
  };
  reset();
  slider.addEventListener("input", () => {
    field.value = Number(Number(slider.value).toPrecision(12));
    changed();
  });
  field.addEventListener("input", () => {
    if (field.value !== "") slider.value = field.value;
    changed();
  });
  missing?.addEventListener("change", () => {
    show();
    changed();
  });
  const box = missing && element("label", { class: "missing" }, missing, " missing");
  const head = element("div", { class: "head" }, element("label", { for: `input-${i}` }, breakable(input.name)), field);
  return {
    box: element("div", { class: "control" }, head, slider, box),
    value: () => (missing?.checked ? null : field.value === "" ? NaN : Number(field.value)),
    reset,
  };
}
