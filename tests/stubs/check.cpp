// The editor stubs before the checker that language servers for Luau are built on: it must take them, find nothing in what
// Hark ships, and find what is planted. It runs no script. Built and started by `tests/run --only stubs`.
//
//   check SCRIPTS RIGHT      the scripts' folder, and a script that is right in every line

#include "Luau/BuiltinDefinitions.h"
#include "Luau/Config.h"
#include "Luau/ConfigResolver.h"
#include "Luau/Error.h"
#include "Luau/FileResolver.h"
#include "Luau/Frontend.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// What must be found: a script that is wrong, and a word of what is said of it. Of stubs that are refused, or of names that
// .luaurc makes untyped, nothing is said. The new checker finds little in "nonstrict", and is asked in "strict".
struct Planted {
    const char* text;
    const char* word;
};
const Planted PLANTED[] = {
    {"hark.on(\"rout_chat\", function() end)", "overloads"},
    {"hark.nonsense()", "nonsense"},
    {"local text: number = hark.calendar(hark.now).date\nprint(text)", "string"},
    {"hark.on(\"route_chat\", function(chat: Chat) return chat.form.nme end)", "nme"},
};
// The name of a planted script, of which no file exists.
const char* const PLANT = "planted.lua";

std::optional<std::string> read(const fs::path& path) {
    std::ifstream file(path);
    if (!file)
        return std::nullopt;
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// Scripts are files; `require` finds them below the scripts' folder, as the desk does.
struct Files : Luau::FileResolver {
    fs::path root;
    std::string planted;

    std::optional<Luau::SourceCode> readSource(const Luau::ModuleName& name) override {
        auto text = name == PLANT ? planted : read(name);
        if (!text)
            return std::nullopt;
        return Luau::SourceCode{*text, Luau::SourceCode::Module};
    }

    std::optional<Luau::ModuleInfo> resolveModule(const Luau::ModuleInfo*, Luau::AstExpr* wanted,
                                                  const Luau::TypeCheckLimits&) override {
        auto* name = wanted->as<Luau::AstExprConstantString>();
        if (!name)
            return std::nullopt;
        return Luau::ModuleInfo{(root / (std::string(name->value.data, name->value.size) + ".lua")).string()};
    }
};

// One configuration for all: .luaurc of the scripts' folder.
struct Settings : Luau::ConfigResolver {
    Luau::Config config;

    const Luau::Config& getConfig(const Luau::ModuleName&, const Luau::TypeCheckLimits&) const override { return config; }
};

std::string at(const std::string& file, const Luau::Location& place, const std::string& what) {
    return file + ":" + std::to_string(place.begin.line + 1) + ":" + std::to_string(place.begin.column + 1) + ": " + what;
}

// A checker with the stubs; why it refuses them is added to the faults.
struct Checker {
    Files files;
    Settings settings;
    Luau::Frontend frontend;

    Checker(Luau::SolverMode solver, const fs::path& root, std::vector<std::string>& faults)
        : frontend(solver, &files, &settings, options()) {
        files.root = root;
        if (auto wrong = Luau::parseConfig(read(root / ".luaurc").value_or(""), settings.config, Luau::ConfigOptions{}))
            faults.push_back(".luaurc: " + *wrong);
        Luau::registerBuiltinGlobals(frontend, frontend.globals);
        const fs::path stubs = root / "api/hark.d.luau";
        auto loaded = frontend.loadDefinitionFile(frontend.globals, frontend.globals.globalScope, read(stubs).value_or(""),
                                                  "@hark", false);
        Luau::freeze(frontend.globals.globalTypes);
        if (loaded.success)
            return;
        faults.push_back(stubs.string() + ": the stubs are refused");
        for (const auto& error : loaded.parseResult.errors)
            faults.push_back(at(stubs.string(), error.getLocation(), error.getMessage()));
        if (loaded.module)
            for (const auto& error : loaded.module->errors)
                faults.push_back(at(stubs.string(), error.location, Luau::toString(error)));
    }

    static Luau::FrontendOptions options() {
        Luau::FrontendOptions options;
        options.runLintChecks = true;
        return options;
    }

    std::vector<std::string> check(const std::string& name) {
        std::vector<std::string> found;
        auto result = frontend.check(name);
        for (const auto& error : result.errors)
            found.push_back(at(error.moduleName, error.location, Luau::toString(error)));
        for (const auto* warnings : {&result.lintResult.errors, &result.lintResult.warnings})
            for (const auto& warning : *warnings)
                found.push_back(at(name, warning.location, warning.text));
        return found;
    }

    bool finds(const Planted& planted, Luau::SolverMode solver) {
        files.planted = (solver == Luau::SolverMode::New ? "--!strict\n" : "") + std::string(planted.text);
        frontend.markDirty(PLANT);
        auto found = check(PLANT);
        return std::any_of(found.begin(), found.end(),
                           [&](const std::string& what) { return what.find(planted.word) != std::string::npos; });
    }
};

std::vector<std::string> scripts(const fs::path& root) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(root))
        if (entry.path().extension() == ".lua")
            found.push_back(entry.path().string());
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3)
        return std::fputs("usage: check SCRIPTS RIGHT\n", stderr), 2;
    const fs::path root = arguments[1];
    std::vector<std::string> faults, files = scripts(root);
    files.push_back(arguments[2]);
    for (auto solver : {Luau::SolverMode::Old, Luau::SolverMode::New}) {
        Checker checker(solver, root, faults);
        for (const auto& file : files)
            for (auto& found : checker.check(file))
                faults.push_back(std::move(found));
        for (const auto& planted : PLANTED)
            if (!checker.finds(planted, solver))
                faults.push_back(std::string("nothing is found in: ") + planted.text);
    }
    for (const auto& fault : faults)
        std::fprintf(stderr, "%s\n", fault.c_str());
    std::printf("%zu scripts, checked with the stubs by the old and the new checker: %zu findings\n", files.size(),
                faults.size());
    return faults.empty() ? 0 : 1;
}
