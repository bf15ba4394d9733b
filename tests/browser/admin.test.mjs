// An admin edits a rule on the page: a failing test refuses it, a good one is published with its differences shown, the
// next chat is decided by it, and it is rolled back. Plugins are reloaded, taken out and put in. A supervisor sees all of it
// and can change nothing.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openStage, startHark } from "./lib.mjs";

/** @type {Awaited<ReturnType<typeof startHark>>} */
let desk;
before(async () => { desk = await startHark(); });
after(async () => { await desk.stop(); });

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {{login: string, password: string}} who */
async function signIn(page, who) {
  await page.goto("/admin");
  await page.getByLabel("Name").fill(who.login);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Scripts", exact: false, level: 2 }).first().waitFor();
}

/** @param {string} method @param {string} path @param {unknown} [body] */
async function ask(method, path, body) {
  const headers = { authorization: `Bearer ${desk.demo.admin.token}`, "content-type": "application/json" };
  const answer = await fetch(desk.base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

/** Priority of a new chat: what the rules decide. */
async function priority() {
  const made = await ask("POST", `/v1/widget/${desk.demo.widget_key}/chats`, { name: "Ada", question: "Where is it?" });
  return (await ask("GET", `/v1/chats/${made.chat.id}`)).priority;
}

/** Types a text into the editor in the place of what is there. @param {Page} page @param {string} text */
async function write(page, text) {
  await page.locator("hark-code[data-ready=true]").waitFor();
  await page.locator("hark-code .cm-content").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

const RULE = `hark.on("route_chat", function(chat)
    -- Everybody is a little more urgent today.
    return { priority = 7 }
end)
`;

test("a rule is edited, refused, published, seen to decide, and rolled back", async () => {
  await mkdir(join(desk.dir, "scripts/test"), { recursive: true });
  await writeFile(join(desk.dir, "scripts/test/urgent.lua"), `local desk = policy("urgent.lua")
describe("urgency", function()
    it("never goes below 5", function()
        local answer = desk.route_chat(chat())
        expect(answer.priority == nil or answer.priority >= 5).to_be(true)
    end)
end)
`);
  await writeFile(join(desk.dir, "scripts/urgent.lua"), `hark.on("route_chat", function(chat)\n    return nil\nend)\n`);
  await ask("POST", "/v1/scripts/urgent.lua/enable", {});
  const stage = await openStage({ base: desk.base, people: ["admin"], folder: "admin", context: { colorScheme: "light" } });
  const page = stage.page("admin");
  await signIn(page, desk.demo.admin);
  await stage.shot("admin", "scripts and plugins");
  await stage.axe("admin");
  const usual = await priority();

  await page.getByRole("button", { name: "urgent.lua", exact: true }).click();
  await write(page, RULE.replace("chat)", "chaat)").replace("return {", "return { queue = chat.frm,"));
  await page.getByRole("button", { name: "Validate" }).click();
  await page.getByText("1 fault").waitFor();
  await page.getByRole("button", { name: /urgent\.lua:\d/ }).first().click();
  await stage.shot("admin", "a fault and its line");
  await stage.axe("admin");

  await write(page, RULE.replace("7", "3"));
  await page.keyboard.press("Control+Enter");
  await page.getByText(/1 of \d+ tests? failed/).waitFor();
  await page.getByText("never goes below 5").first().waitFor();
  await stage.shot("admin", "a test fails");
  await page.getByRole("button", { name: "Publish…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/1 of \d+ tests? failed/).waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Publish", exact: true }).isDisabled(), true, "what fails a test is not published");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await priority(), usual);

  await write(page, RULE);
  await page.keyboard.press("Control+S");
  await dialog.getByText(/\d+ tests? passed/).waitFor();
  assert.deepEqual(await dialog.locator(".diff .went code").allTextContents(), ["    return nil"]);
  assert.deepEqual(await dialog.locator(".diff .came code").allTextContents(), ["    -- Everybody is a little more urgent today.", "    return { priority = 7 }"]);
  await stage.shot("admin", "publishing with what differs");
  await stage.axe("admin");
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("published urgent.lua").waitFor();
  assert.equal(await priority(), 7, "the next chat is decided by it");

  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("button", { name: "Numbers", exact: true }).click();
  await page.getByRole("cell", { name: "route_chat" }).or(page.getByRole("rowheader", { name: "route_chat" })).first().waitFor();
  await stage.shot("admin", "numbers dark");
  await page.getByRole("button", { name: "Code", exact: true }).click();
  await page.locator("hark-code[data-ready=true]").waitFor();
  await stage.axe("admin");
  await stage.shot("admin", "code dark");
  await page.getByRole("button", { name: "Versions", exact: true }).click();
  await page.getByRole("button", { name: "Roll back… to version 1" }).click();
  await dialog.getByText(/\d+ tests? passed/).waitFor();
  await stage.shot("admin", "rolling back dark");
  await stage.axe("admin");
  await dialog.getByRole("button", { name: "Roll back", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("rolled back urgent.lua").waitFor();
  assert.equal(await priority(), usual);
  await page.getByRole("button", { name: "Set aside urgent.lua" }).click();
  await page.getByRole("button", { name: "Let it answer urgent.lua" }).waitFor();
  await stage.shot("admin", "set aside dark");
  await stage.axe("admin");
  await stage.close();
});

test("who changes a script that somebody else has changed is told, and loses nothing", async () => {
  const stage = await openStage({ base: desk.base, people: ["admin"], folder: "admin-two" });
  const page = stage.page("admin");
  await signIn(page, desk.demo.admin);
  await page.getByRole("button", { name: "New script" }).click();
  await page.getByLabel("Name", { exact: false }).fill("mine.lua");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "mine.lua" }).waitFor();
  await write(page, RULE.replace("7", "8"));
  await page.getByText("not published").waitFor();
  await page.reload();
  await page.locator("hark-code[data-ready=true]").waitFor();
  assert.match((await page.locator("hark-code .cm-content").textContent()) ?? "", /priority = 8/, "what was typed outlasts a reload");
  const theirs = await ask("GET", "/v1/scripts/mine.lua");
  const headers = { authorization: `Bearer ${desk.demo.admin.token}`, "content-type": "application/json", "if-match": `"${theirs.version}"` };
  const put = await fetch(`${desk.base}/v1/scripts/mine.lua`, { method: "PUT", headers, body: JSON.stringify({ text: RULE.replace("7", "9") }) });
  assert.equal(put.status, 200);
  await page.getByRole("button", { name: "Publish…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("All scripts load").waitFor();
  stage.excuse(/412/, "somebody else was faster: the browser tells of the refused write");
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByText("Somebody changed this script meanwhile").waitFor();
  assert.deepEqual(await dialog.locator(".diff .went code").allTextContents(), ["    return { priority = 9 }"]);
  await stage.shot("admin", "somebody else was faster");
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await priority(), 8);
  await stage.close();
});

test("a plugin is reloaded, taken out and put in again; what is refused is told with its reason", async () => {
  await writeFile(join(desk.dir, "scripts/note.lua"), `hark.after("chat_closed", function(event)\n    hark.log.info("somebody went")\nend)\n`);
  await ask("POST", "/v1/scripts/note.lua/enable", {});
  const { data } = await ask("GET", "/v1/plugins");
  const { name } = data.find((/** @type {{ operations: string[] }} */ plugin) => plugin.operations.includes("crm.lookup/1"));
  const stage = await openStage({ base: desk.base, people: ["admin"], folder: "admin-plugins", context: { colorScheme: "light" } });
  const page = stage.page("admin");
  await signIn(page, desk.demo.admin);
  await page.getByRole("heading", { name: "Reactions" }).waitFor();
  await page.locator("#reactions").getByRole("rowheader", { name: "note.lua" }).waitFor();
  await page.getByRole("button", { name: `Reload ${name}` }).click();
  await page.getByText(/is reloaded: the same build/).waitFor();
  await page.locator("#audit").getByText(`reloaded ${name}`).waitFor();
  await stage.shot("admin", "a plugin is reloaded");
  await stage.axe("admin");
  assert.equal((await ask("GET", `/v1/plugins/${name}/stats`)).reloads, 1);

  // Another admin takes it out, and this page does not know yet.
  /** @type {import("playwright-core").Route[]} */
  const held = [];
  await page.route("**/v1/plugins", (route) => { held.push(route); });
  await ask("POST", `/v1/plugins/${name}/unload`);
  stage.excuse(/409/, "the plugin is unloaded already: the browser tells of the refused reload");
  await page.getByRole("button", { name: `Reload ${name}` }).click();
  await page.getByText("Not reloaded: the plugin is unloaded").waitFor();
  await stage.shot("admin", "a reload is refused");
  await stage.axe("admin");
  await ask("POST", `/v1/plugins/${name}/load`);
  await page.unroute("**/v1/plugins");
  await Promise.all(held.map((route) => route.continue()));

  await page.getByRole("button", { name: `Unload ${name}` }).click();
  await page.getByText(`${name} is unloaded`).waitFor();
  await page.getByRole("button", { name: `Load ${name}` }).waitFor();
  await stage.shot("admin", "a plugin is unloaded");
  await stage.axe("admin");
  await page.getByRole("button", { name: `Load ${name}` }).click();
  await page.getByText(/is loaded: the same build/).waitFor();
  assert.equal((await ask("GET", `/v1/plugins/${name}/stats`)).state, "serving");
  await stage.close();
});

test("without CodeMirror a plain field does; a supervisor looks and cannot change", async () => {
  const stage = await openStage({ base: desk.base, people: ["supervisor"], folder: "admin-plain" });
  const page = stage.page("supervisor");
  stage.excuse(/codemirror\.js/, "this story takes the module away");
  await page.route("**/vendor/codemirror.js", (route) => route.abort());
  await signIn(page, desk.demo.supervisor);
  await page.getByRole("button", { name: "default.lua", exact: true }).click();
  const field = page.locator("hark-code textarea");
  await field.waitFor();
  assert.match(await field.inputValue(), /reject_permission/);
  assert.equal(await field.evaluate((/** @type {HTMLTextAreaElement} */ area) => area.readOnly), true);
  for (const name of ["Publish…", "New script", "Validate"]) assert.equal(await page.getByRole("button", { name }).count(), 0, name);
  await stage.shot("supervisor", "a plain field");
  await stage.axe("supervisor");
  await stage.close();
});
