//===- program.cpp - Modules of the compiler ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/ProgramBuilder.h"
#include "python/bindings/bindings.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

namespace nb = nanobind;
using namespace nabla;

//===----------------------------------------------------------------------===//
// From Python
//===----------------------------------------------------------------------===//

static std::string_view toView(nb::handle text) {
  return nb::cast<std::string_view>(text);
}

static TextList toTexts(nb::handle sequence) {
  TextList texts;
  for (nb::handle text : nb::borrow<nb::sequence>(sequence))
    texts.push_back(toView(text));
  return texts;
}

static TextPairs toPairs(nb::handle sequence) {
  TextPairs pairs;
  for (nb::handle pair : nb::borrow<nb::sequence>(sequence))
    pairs.emplace_back(toView(pair[0]), toView(pair[1]));
  return pairs;
}

static std::vector<int64_t> toNumbers(nb::handle sequence) {
  std::vector<int64_t> numbers;
  for (nb::handle number : nb::borrow<nb::sequence>(sequence))
    numbers.push_back(nb::cast<int64_t>(number));
  return numbers;
}

static std::optional<SourceLocation> toLocation(nb::handle location) {
  if (location.is_none())
    return std::nullopt;
  return SourceLocation{toView(location[0]), nb::cast<int64_t>(location[1]),
                        toView(location[2])};
}

static const SourceLocation *
pointerTo(const std::optional<SourceLocation> &location) {
  return location ? &*location : nullptr;
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

static bool addNode(ProgramBuilder &builder, nb::handle node);

static bool addRegion(ProgramBuilder &builder, nb::handle region) {
  if (!builder.beginRegion(toTexts(region[0])))
    return false;
  for (nb::handle node : nb::borrow<nb::sequence>(region[1]))
    if (!addNode(builder, node))
      return false;
  return builder.endRegion(toNumbers(region[2]));
}

static bool addNode(ProgramBuilder &builder, nb::handle node) {
  size_t numRegions = 0;
  for (nb::handle region : nb::borrow<nb::sequence>(node[4])) {
    if (!addRegion(builder, region))
      return false;
    ++numRegions;
  }
  std::optional<SourceLocation> location = toLocation(node[5]);
  return builder.add(toView(node[0]), toNumbers(node[1]), toPairs(node[2]),
                     toTexts(node[3]), numRegions, pointerTo(location));
}

static bool addFunction(ProgramBuilder &builder, nb::handle function) {
  std::optional<SourceLocation> location = toLocation(function[5]);
  if (!builder.beginFunction(toView(function[0]), nb::cast<bool>(function[1]),
                             toTexts(function[2]), pointerTo(location)))
    return false;
  for (nb::handle node : nb::borrow<nb::sequence>(function[3]))
    if (!addNode(builder, node))
      return false;
  return builder.endFunction(toNumbers(function[4]));
}

/// An error of Python must not pass through code without exceptions: it waits.
static Program build(nb::sequence functions, nb::sequence imports) {
  Program program;
  ProgramBuilder builder;
  std::exception_ptr thrown;
  Failure failure = builder.run(
      [&] {
        try {
          for (nb::handle import : imports)
            if (!builder.import(nb::cast<Program &>(import[0]),
                                toView(import[1]), toView(import[2])))
              return false;
          for (nb::handle function : functions)
            if (!addFunction(builder, function))
              return false;
          return true;
        } catch (...) {
          thrown = std::current_exception();
          return builder.fail("the description of the module is malformed");
        }
      },
      program);
  if (thrown)
    std::rethrow_exception(thrown);
  raise(failure);
  return program;
}

//===----------------------------------------------------------------------===//
// To Python
//===----------------------------------------------------------------------===//

static nb::tuple toTuple(const std::vector<std::string> &texts) {
  nb::list list;
  for (const std::string &text : texts)
    list.append(text);
  return nb::tuple(list);
}

static nb::tuple toTuple(const Signature &signature) {
  return nb::make_tuple(toTuple(signature.inputs), toTuple(signature.results));
}

static nb::tuple infer(std::string_view op, nb::sequence operands,
                       nb::sequence attributes, nb::object results) {
  TextList stated, inferred;
  if (!results.is_none())
    stated = toTexts(results);
  raise(inferTypes(op, toTexts(operands), toPairs(attributes),
                   results.is_none() ? nullptr : &stated, inferred));
  nb::list list;
  for (std::string_view text : inferred)
    list.append(nb::str(text.data(), text.size()));
  return nb::tuple(list);
}

static Program parse(std::string text) {
  struct Job {
    std::string text;
    Program program;
    Failure failure;
  };
  auto job = std::make_shared<Job>();
  job->text = std::move(text);
  runInterruptibly(
      [job] { job->failure = Program::parse(job->text, job->program); },
      nb::none());
  raise(job->failure);
  return std::move(job->program);
}

/// Runs `work` on the program, which is away meanwhile.
static void runOn(Program &program, nb::object poll,
                  std::function<Failure(Program &)> work) {
  struct Job {
    Program program;
    Failure failure;
  };
  auto job = std::make_shared<Job>();
  std::swap(job->program, program);
  runInterruptibly([job, work] { job->failure = work(job->program); }, poll);
  std::swap(job->program, program);
  raise(job->failure);
}

static Program copyOf(const Program &program) {
  Program copy;
  raise(program.clone(copy));
  return copy;
}

static std::string text(const Program &program, bool locations) {
  std::string text;
  raise(program.print(locations, text));
  return text;
}

static nb::dict symbols(const Program &program) {
  Program::Symbols symbols;
  raise(program.symbols(symbols));
  nb::dict dict;
  for (const auto &[name, signature] : symbols)
    dict[name.c_str()] = toTuple(signature);
  return dict;
}

static nb::dict phases() {
  nb::dict sentences;
  for (auto [name, sentence] : Program::phases())
    sentences[nb::cast(name)] = sentence;
  return sentences;
}

void nabla::bindProgram(nb::module_ &m) {
  m.def("phases", &phases);
  m.def("infer", &infer, nb::arg("op"), nb::arg("operands"),
        nb::arg("attributes"), nb::arg("results").none());

  nb::class_<Program>(m, "Module")
      .def_static("parse", &parse, nb::arg("text"))
      .def_static("build", &build, nb::arg("functions"),
                  nb::arg("imports") = nb::tuple())
      .def("text", &text, nb::arg("locations") = false)
      .def("clone", &copyOf)
      .def(
          "run_to",
          [](Program &program, std::string phase, nb::object poll) {
            runOn(program, poll,
                  [phase](Program &program) { return program.runTo(phase); });
          },
          nb::arg("phase"), nb::arg("poll") = nb::none())
      .def(
          "run_passes",
          [](Program &program, std::string pipeline) {
            runOn(program, nb::none(), [pipeline](Program &program) {
              return program.runPasses(pipeline);
            });
          },
          nb::arg("pipeline"))
      .def("signature",
           [](const Program &program) {
             Signature signature;
             raise(program.signature(signature));
             return toTuple(signature);
           })
      .def("donate",
           [](Program &program, int64_t argument, int64_t result) {
             raise(program.donate(argument, result));
           })
      .def("symbols", &symbols)
      .def("linear_results", [](const Program &program) {
        nb::list results;
        for (const ExpandedLinear &result : program.linearResults())
          results.append(
              nb::make_tuple(result.position, result.residuals, result.symbol));
        return results;
      });
}
