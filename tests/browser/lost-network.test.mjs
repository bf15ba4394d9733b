// What is written while the network is gone arrives once and in order when it is back; a second tab of the customer
// shows the same chat; a chat that is handed on comes with all its lines.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openStage, startHark } from "./lib.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {string} text */
async function say(page, text) {
  const field = page.locator("#write");
  await field.fill(text);
  while ((await field.inputValue()) !== "") await field.press("Enter");
}

/** The customer's lines as a page shows them. @param {Page} page */
const shown = async (page) => (await page.locator(".line .bubble").allTextContents()).map((text) => text.trim());

test("lines written without a network arrive once and in order", async () => {
  const desk = await startHark();
  const stage = await openStage({ base: desk.base, folder: "lost-network" });
  try {
    stage.excuse(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/, "the story takes the network away");
    const [customer, agent] = [stage.page("customer"), stage.page("agent")];
    await agent.goto("/console");
    await agent.getByLabel("Name").fill(desk.demo.agent.login);
    await agent.getByLabel("Password").fill(desk.demo.agent.password);
    await agent.getByRole("button", { name: "Sign in" }).click();
    await agent.locator(".connection.live").waitFor();
    await agent.keyboard.press("Alt+S");
    await agent.getByRole("menu", { name: "Status" }).waitFor();
    await agent.keyboard.press("1");

    await customer.goto("/support");
    await customer.getByRole("button", { name: "Start a chat" }).click();
    await customer.getByLabel("Name *").fill("Łukasz Wójcik");
    await customer.getByLabel("Topic").selectOption({ label: "Billing" });
    await customer.getByLabel("Your question").fill("Faktura");
    await customer.getByRole("button", { name: "Start the chat" }).click();
    await agent.locator(".offer").waitFor();
    await agent.keyboard.press("Alt+A");
    await agent.locator(".composer").waitFor();
    await say(agent, "one");
    await customer.getByRole("log").getByText("one").waitFor();

    await agent.context().setOffline(true);
    for (const text of ["two", "three", "four"]) await say(agent, text);
    await agent.locator(".line.pending").nth(2).waitFor();
    await agent.getByText("unsent lines are kept").waitFor();
    await stage.shot("agent", "without a network");
    await stage.axe("agent");
    await say(customer, "are you there?");
    await agent.context().setOffline(false);
    await agent.locator(".connection.live").waitFor();
    await agent.getByRole("log").getByText("are you there?").waitFor();
    await customer.getByRole("log").getByText("four").waitFor();
    assert.deepEqual((await shown(customer)).filter((text) => text !== "are you there?"), ["one", "two", "three", "four"]);
    assert.deepEqual((await shown(agent)).sort(), ["are you there?", "four", "one", "three", "two"]);

    const tab = await customer.context().newPage();
    await tab.goto("/support");
    await tab.getByRole("log").getByText("four").waitFor();
    await say(tab, "from another tab");
    await customer.getByRole("log").getByText("from another tab").waitFor();
    assert.equal(await agent.locator(".chat-card").count(), 1);

    await agent.getByRole("button", { name: "Transfer" }).click();
    await agent.getByRole("dialog", { name: "Transfer this chat" }).getByRole("button", { name: "Sales" }).click();
    await customer.getByText("You are being handed to a colleague").waitFor();
    await agent.locator(".offer", { hasText: "Sales" }).waitFor();
    await stage.shot("agent", "handed on and offered again");
    await stage.axe("agent");
    await stage.axe("customer");
    await agent.keyboard.press("Alt+A");
    await agent.getByRole("log").getByText("from another tab").waitFor();
    await say(agent, "five");
    await customer.getByRole("log").getByText("five").waitFor();
    await stage.close();
  } finally {
    await stage.browser.close();
    await desk.stop();
  }
});
