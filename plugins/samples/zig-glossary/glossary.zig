//! A glossary as a FAQ: a whole plugin in Zig, over the C header as it is. It answers `faq.search/1`, `faq.get/1` and
//! `faq.categories/1` from the terms of its configuration, `{"terms": {"SLA": "Service level agreement: …"}}`.
//!
//! It answers every call before `call` returns, keeps nothing that it was lent, and never panics across the border: what
//! can go wrong is an error of Zig, and an error becomes a status.

const std = @import("std");
const hark = @cImport(@cInclude("hark_plugin.h"));

const manifest =
    \\{"name":"zig-glossary","version":"1.0.0",
    \\ "capabilities":["faq.search/1","faq.get/1","faq.categories/1"],
    \\ "threading":"any","blocking":false,"max_in_flight":16,
    \\ "config_schema":{"type":"object","required":["terms"],"properties":{
    \\   "terms":{"type":"object","additionalProperties":{"type":"string"}}}}}
;

const category = "Glossary";
/// Hits of one answer, when the request names no limit.
const usual_limit = 5;

const Config = struct { terms: std.json.ArrayHashMap([]const u8) };

/// An instance: what the host gets as `void *instance`. Nothing in it changes after `create`.
const Glossary = struct {
    host: *const hark.hark_host,
    config: std.json.Parsed(Config),

    fn answer(self: *const Glossary, arena: std.mem.Allocator, operation: []const u8, payload: []const u8) Fault![]u8 {
        if (std.mem.eql(u8, operation, "faq.search/1")) return self.search(arena, try read(arena, payload));
        if (std.mem.eql(u8, operation, "faq.get/1")) return self.get(arena, try read(arena, payload));
        if (std.mem.eql(u8, operation, "faq.categories/1")) {
            _ = try read(arena, payload);
            const count = self.config.value.terms.map.count();
            return written(arena, .{ .categories = .{.{ .name = category, .count = count }} });
        }
        return error.UnknownOperation;
    }

    /// A term fits when any word of the text is in it.
    fn search(self: *const Glossary, arena: std.mem.Allocator, request: Request) Fault![]u8 {
        var hits = std.ArrayList(Hit).init(arena);
        const limit = if (request.limit == 0) usual_limit else request.limit;
        var terms = self.config.value.terms.map.iterator();
        while (terms.next()) |term| {
            var words = std.mem.tokenizeAny(u8, request.text, " \t\r\n");
            const fits = while (words.next()) |word| {
                if (std.ascii.indexOfIgnoreCase(term.key_ptr.*, word) != null) break true;
            } else false;
            if (fits and hits.items.len < limit) {
                try hits.append(.{ .id = term.key_ptr.*, .title = term.key_ptr.*, .snippet = term.value_ptr.* });
            }
        }
        return written(arena, .{ .hits = hits.items });
    }

    fn get(self: *const Glossary, arena: std.mem.Allocator, request: Request) Fault![]u8 {
        const body = self.config.value.terms.map.get(request.id) orelse return error.NotFound;
        return written(arena, .{ .id = request.id, .title = request.id, .body = body, .category = category });
    }
};

/// What the three operations ask for; what a request does not say is empty.
const Request = struct { text: []const u8 = "", id: []const u8 = "", limit: u32 = 0 };

const Hit = struct {
    id: []const u8,
    title: []const u8,
    snippet: []const u8,
    category: []const u8 = category,
    score: f32 = 1,
};

const Fault = error{ NotFound, Invalid, UnknownOperation, OutOfMemory };

fn status(fault: Fault) struct { u32, []const u8 } {
    return switch (fault) {
        error.NotFound => .{ hark.HARK_NOT_FOUND, "the glossary has no such term" },
        error.Invalid => .{ hark.HARK_INVALID, "the request is not what the operation takes" },
        error.UnknownOperation => .{ hark.HARK_UNKNOWN_OPERATION, "this plugin does faq.search/1, faq.get/1, faq.categories/1" },
        error.OutOfMemory => .{ hark.HARK_UNAVAILABLE, "out of memory" },
    };
}

fn read(arena: std.mem.Allocator, payload: []const u8) Fault!Request {
    const options = .{ .ignore_unknown_fields = true };
    return std.json.parseFromSliceLeaky(Request, arena, payload, options) catch |fault| switch (fault) {
        error.OutOfMemory => error.OutOfMemory,
        else => error.Invalid,
    };
}

fn written(arena: std.mem.Allocator, value: anytype) Fault![]u8 {
    return std.json.stringifyAlloc(arena, value, .{});
}

fn lend(bytes: []const u8) hark.hark_bytes {
    return .{ .ptr = bytes.ptr, .len = bytes.len };
}

fn lent(bytes: hark.hark_bytes) []const u8 {
    return if (bytes.len == 0) "" else bytes.ptr[0..bytes.len];
}

fn describe() callconv(.C) hark.hark_bytes {
    return lend(manifest);
}

fn refuse(room: [*c]hark.hark_buffer, text: []const u8) u32 {
    const len = @min(text.len, room.*.cap);
    @memcpy(room.*.ptr[0..len], text[0..len]);
    room.*.len = len;
    return hark.HARK_INVALID;
}

fn create(
    host: [*c]const hark.hark_host,
    config: hark.hark_bytes,
    instance: [*c]?*anyopaque,
    room: [*c]hark.hark_buffer,
) callconv(.C) u32 {
    const options = .{ .ignore_unknown_fields = true, .allocate = .alloc_always };
    const read_config = std.json.parseFromSlice(Config, std.heap.c_allocator, lent(config), options) catch
        return refuse(room, "`terms` must be a table of texts, such as {\"SLA\": \"Service level agreement\"}");
    const glossary = std.heap.c_allocator.create(Glossary) catch {
        read_config.deinit();
        return refuse(room, "out of memory");
    };
    glossary.* = .{ .host = host, .config = read_config };
    host.*.log.?(host, hark.HARK_LOG_INFO, lend("ready"));
    instance.* = glossary;
    return hark.HARK_OK;
}

fn self_of(instance: ?*anyopaque) *Glossary {
    return @ptrCast(@alignCast(instance.?));
}

fn call(instance: ?*anyopaque, asked: [*c]const hark.hark_call) callconv(.C) void {
    const glossary = self_of(instance);
    var arena = std.heap.ArenaAllocator.init(std.heap.c_allocator);
    defer arena.deinit();
    const complete = glossary.host.complete.?;
    const given = glossary.answer(arena.allocator(), lent(asked.*.operation), lent(asked.*.payload));
    if (given) |answer| {
        complete(glossary.host, asked.*.call_id, hark.HARK_OK, lend("application/json"), lend(answer));
    } else |fault| {
        const number, const text = status(fault);
        complete(glossary.host, asked.*.call_id, number, lend("text/plain"), lend(text));
    }
}

fn cancel(_: ?*anyopaque, _: u64) callconv(.C) void {}

fn health(_: ?*anyopaque, message: [*c]hark.hark_buffer) callconv(.C) u32 {
    message.*.len = 0;
    return hark.HARK_OK;
}

/// Every call is answered before it returns: nothing is ever open.
fn drain(_: ?*anyopaque, _: u32) callconv(.C) void {}

fn destroy(instance: ?*anyopaque) callconv(.C) void {
    const glossary = self_of(instance);
    glossary.config.deinit();
    std.heap.c_allocator.destroy(glossary);
}

export const hark_plugin_v1 = hark.hark_plugin_table_v1{
    .size = @sizeOf(hark.hark_plugin_table_v1),
    .minor = hark.HARK_ABI_MINOR,
    .describe = describe,
    .create = create,
    .call = call,
    .cancel = cancel,
    .health = health,
    .drain = drain,
    .destroy = destroy,
};
