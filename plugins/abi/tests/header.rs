//! The header against compilers and against the Rust mirror: it is clean as C99, C11 and C++17, and a small C
//! program that prints every size, offset and constant agrees with this crate. Neither can grow without the other.

use hark_plugin_abi::{self as abi, HarkBuffer, HarkBytes, HarkCall, HarkHost, HarkPluginTableV1};
use std::collections::BTreeSet;
use std::io::Write;
use std::mem::offset_of;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

/// Compiles `source` with all warnings as errors, to `out`.
fn compile(compiler: &str, language: &str, standard: &str, source: &str, mode: &[&str], out: &Path) {
    compile_with(&include(), compiler, language, standard, source, mode, out);
}

/// [`compile`] with the header of another folder.
fn compile_with(
    include: &Path,
    compiler: &str,
    language: &str,
    standard: &str,
    source: &str,
    mode: &[&str],
    out: &Path,
) {
    let mut child = Command::new(compiler)
        .args([&format!("-std={standard}"), "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .arg("-I")
        .arg(include)
        .args(["-x", language, "-"])
        .args(mode)
        .arg("-o")
        .arg(out)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("the tests need `{compiler}`: {error}"));
    child.stdin.take().expect("piped").write_all(source.as_bytes()).expect("the compiler reads its input");
    let output = child.wait_with_output().expect("the compiler ends");
    assert!(output.status.success(), "{compiler} {standard}:\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_header_is_clean_in_every_promised_language() {
    let source = "#include \"hark_plugin.h\"\n#include \"hark_plugin.h\"\n\
                  int covers(const hark_call *c);\n\
                  int covers(const hark_call *c) { return HARK_HAS(c, hark_call, payload); }\n";
    let sink = Path::new("/dev/null");
    for (compiler, language, standard) in [("cc", "c", "c99"), ("cc", "c", "c11"), ("c++", "c++", "c++17")] {
        compile(compiler, language, standard, source, &["-c"], sink);
    }
}

/// Name of a C struct, its size here, and the name and offset of each field here.
type Layout = (&'static str, usize, Vec<(&'static str, usize)>);

macro_rules! layout {
    ($c:literal, $rust:ty, $($field:ident),+) => {
        ($c, size_of::<$rust>(), vec![$((stringify!($field), offset_of!($rust, $field))),+])
    };
}

fn layouts() -> Vec<Layout> {
    vec![
        layout!("hark_bytes", HarkBytes, ptr, len),
        layout!("hark_buffer", HarkBuffer, ptr, cap, len),
        layout!("hark_call", HarkCall, size, deadline_ms, call_id, operation, content_type, payload),
        layout!("hark_host", HarkHost, size, minor, ctx, log, complete, wanted),
        layout!(
            "hark_plugin_table_v1",
            HarkPluginTableV1,
            size,
            minor,
            describe,
            create,
            call,
            cancel,
            health,
            drain,
            destroy
        ),
    ]
}

const CONSTANTS: &[(&str, u32)] = &[
    ("HARK_ABI_MAJOR", abi::ABI_MAJOR),
    ("HARK_ABI_MINOR", abi::ABI_MINOR),
    ("HARK_OK", abi::STATUS_OK),
    ("HARK_NOT_FOUND", abi::STATUS_NOT_FOUND),
    ("HARK_UNAVAILABLE", abi::STATUS_UNAVAILABLE),
    ("HARK_REFUSED", abi::STATUS_REFUSED),
    ("HARK_INVALID", abi::STATUS_INVALID),
    ("HARK_CANCELLED", abi::STATUS_CANCELLED),
    ("HARK_INTERNAL", abi::STATUS_INTERNAL),
    ("HARK_UNKNOWN_OPERATION", abi::STATUS_UNKNOWN_OPERATION),
    ("HARK_LOG_ERROR", abi::LOG_ERROR),
    ("HARK_LOG_WARN", abi::LOG_WARN),
    ("HARK_LOG_INFO", abi::LOG_INFO),
    ("HARK_LOG_DEBUG", abi::LOG_DEBUG),
    ("HARK_LOG_TRACE", abi::LOG_TRACE),
];

/// What the C program should print, and the program that prints it.
fn expected_and_program() -> (String, String) {
    let (mut expected, mut body) = (String::new(), String::new());
    let mut line = |name: &str, value: usize, expression: &str| {
        expected.push_str(&format!("{name} {value}\n"));
        body.push_str(&format!("    printf(\"{name} %lu\\n\", (unsigned long)({expression}));\n"));
    };
    for (name, size, fields) in layouts() {
        line(&format!("sizeof({name})"), size, &format!("sizeof({name})"));
        for (field, offset) in fields {
            let expression = format!("offsetof({name}, {field})");
            line(&expression, offset, &expression);
        }
    }
    for (name, value) in CONSTANTS {
        line(name, *value as usize, name);
    }
    let program = format!(
        "#include <stdio.h>\n#include \"hark_plugin.h\"\nint main(void) {{\n{body}    return 0;\n}}\n"
    );
    (expected, program)
}

#[test]
fn sizes_offsets_and_constants_are_the_same_in_c_and_rust() {
    let (expected, program) = expected_and_program();
    assert_eq!(printed(&include(), &program, "today"), expected);
}

/// What a C program prints that is built with a folder's header.
fn printed(include: &Path, program: &str, name: &str) -> String {
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("layout-{name}-{}", std::process::id()));
    compile_with(include, "cc", "c", "c99", program, &[], &binary);
    let output = Command::new(&binary).output().expect("the program runs");
    std::fs::remove_file(&binary).expect("the program is ours to remove");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Every struct of minor 0 with its size, and every field with its offset, as they were given out on 64 bits. Not to be
/// changed by anybody.
const MINOR_0: &str = "\
sizeof(hark_bytes) 16
offsetof(hark_bytes, ptr) 0
offsetof(hark_bytes, len) 8
sizeof(hark_buffer) 24
offsetof(hark_buffer, ptr) 0
offsetof(hark_buffer, cap) 8
offsetof(hark_buffer, len) 16
sizeof(hark_call) 64
offsetof(hark_call, size) 0
offsetof(hark_call, deadline_ms) 4
offsetof(hark_call, call_id) 8
offsetof(hark_call, operation) 16
offsetof(hark_call, content_type) 32
offsetof(hark_call, payload) 48
sizeof(hark_host) 32
offsetof(hark_host, size) 0
offsetof(hark_host, minor) 4
offsetof(hark_host, ctx) 8
offsetof(hark_host, log) 16
offsetof(hark_host, complete) 24
sizeof(hark_plugin_table_v1) 64
offsetof(hark_plugin_table_v1, size) 0
offsetof(hark_plugin_table_v1, minor) 4
offsetof(hark_plugin_table_v1, describe) 8
offsetof(hark_plugin_table_v1, create) 16
offsetof(hark_plugin_table_v1, call) 24
offsetof(hark_plugin_table_v1, cancel) 32
offsetof(hark_plugin_table_v1, health) 40
offsetof(hark_plugin_table_v1, drain) 48
offsetof(hark_plugin_table_v1, destroy) 56
";

#[test]
#[cfg(target_pointer_width = "64")]
fn the_first_minor_is_still_in_todays_header() {
    let line = |line: &str| {
        let expression = line.rsplit_once(' ').expect("a name and a number").0;
        format!("    printf(\"{expression} %lu\\n\", (unsigned long)({expression}));\n")
    };
    let body: String = MINOR_0.lines().map(line).collect();
    let program = format!(
        "#include <stdio.h>\n#include \"hark_plugin.h\"\nint main(void) {{\n{body}    return 0;\n}}\n"
    );
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/minor-0");
    assert_eq!(printed(&golden, &program, "minor-0"), MINOR_0, "the golden header was changed");

    // Today: every field where it was; only structs that begin with their size may have grown.
    for (was, is) in MINOR_0.lines().zip(printed(&include(), &program, "minor-0-today").lines()) {
        let (name, was) = was.rsplit_once(' ').expect("a name and a number");
        let is = is.rsplit_once(' ').expect("a name and a number").1;
        let number = |text: &str| text.parse::<usize>().expect("a number");
        let may_grow =
            ["sizeof(hark_call)", "sizeof(hark_host)", "sizeof(hark_plugin_table_v1)"].contains(&name);
        assert!(is == was || may_grow && number(is) > number(was), "{name} was {was} and is {is}");
    }
    assert_eq!(abi::TABLE_SIZE_0, 64, "the least that a host takes");
}

/// The header without its comments.
fn code() -> String {
    let header = std::fs::read_to_string(include().join("hark_plugin.h")).expect("the header is here");
    let mut code = String::new();
    for (at, part) in header.split("/*").enumerate() {
        code.push_str(if at == 0 { part } else { part.split_once("*/").expect("comments end").1 });
    }
    code
}

#[test]
fn nothing_in_the_header_is_left_out_of_the_comparison() {
    let code = code();
    let defined: BTreeSet<&str> = code
        .lines()
        .filter_map(|line| line.strip_prefix("#define "))
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, value)| value.ends_with('u'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(defined, CONSTANTS.iter().map(|(name, _)| *name).collect());

    for (name, _, fields) in layouts() {
        let start =
            code.find(&format!("struct {name} {{")).unwrap_or_else(|| panic!("{name} is in the header"));
        let body =
            code[start..].split_once('{').expect("found above").1.split_once('}').expect("structs end").0;
        let declared: Vec<_> = body.split(';').filter_map(field_name).collect();
        let mirrored: Vec<_> = fields.iter().map(|(field, _)| *field).collect();
        assert_eq!(declared, mirrored, "{name}");
    }
    assert_eq!(code.matches("typedef struct").count(), layouts().len(), "a struct without a mirror");
}

/// The name that a C field's declaration declares: inside `(*name)` of a function pointer, else the last word.
fn field_name(declaration: &str) -> Option<&str> {
    let declaration = declaration.trim();
    match declaration.split_once("(*") {
        Some((_, rest)) => rest.split_once(')').map(|(name, _)| name),
        None => declaration.rsplit([' ', '*']).next().filter(|name| !name.is_empty()),
    }
}

#[test]
fn statuses_have_names_and_unknown_ones_are_internal() {
    for (name, status) in CONSTANTS.iter().skip(2).take(8) {
        assert_eq!(abi::status_name(*status), name.trim_start_matches("HARK_").to_lowercase());
    }
    assert_eq!(abi::status_name(8), "internal");
    assert_eq!(abi::status_name(u32::MAX), "internal");
}
