// One chat through all twelve steps of the desk, on the customer's page and on the console, against the real binary:
// a picture per step, no complaint of any page, nothing for axe to find.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openStage, startHark } from "./lib.mjs";

/** @typedef {Awaited<ReturnType<typeof openStage>>} Stage */
/** @typedef {Awaited<ReturnType<typeof startHark>>} Desk */

/**
 * A story with a desk and a stage of its own; both are gone afterwards, however it ends.
 * @param {Omit<Parameters<typeof openStage>[0], "base">} options
 * @param {(stage: Stage, desk: Desk) => Promise<void>} story
 */
async function onStage(options, story) {
  const desk = await startHark();
  try {
    const stage = await openStage({ base: desk.base, ...options });
    try {
      await story(stage, desk);
      await stage.close();
    } finally {
      await stage.browser.close();
    }
  } finally {
    await desk.stop();
  }
}

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {{login: string, password: string}} who */
async function signIn(page, who) {
  await page.getByLabel("Name").fill(who.login);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor({ state: "detached" });
}

/** @param {Page} agent @param {string | RegExp} word */
const status = (agent, word) => agent.locator(".topbar .status", { hasText: word }).waitFor();

/** @param {Page} agent */
async function becomeAvailable(agent) {
  await agent.locator(".connection.live").waitFor();
  await agent.keyboard.press("Alt+S");
  await agent.getByRole("menu", { name: "Status" }).waitFor();
  await agent.keyboard.press("1");
  // Whoever waits already is offered at once.
  await status(agent, /Available|Offered/);
}

/** @param {Page} customer @param {Record<string, string>} fields @param {string} topic */
async function fillForm(customer, fields, topic) {
  for (const [label, value] of Object.entries(fields)) await customer.getByLabel(label).fill(value);
  await customer.getByLabel("Topic").selectOption({ label: topic });
}

/** @param {Page} from @param {string} text @param {Page} to */
async function write(from, text, to) {
  const field = from.locator("#write");
  await field.fill(text);
  // Right after a switch Enter is ignored, so that no line goes to the wrong customer.
  while ((await field.inputValue()) !== "") await field.press("Enter");
  await to.getByRole("log").getByText(text).waitFor();
}

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  test(`twelve steps with a customer whom the CRM knows (${scheme})`, async () => {
    await onStage({ folder: `twelve-steps-${scheme}`, context: { colorScheme: scheme } }, twelveSteps);
  });
}

/** @param {Stage} stage @param {Desk} desk */
async function twelveSteps(stage, desk) {
  const [customer, agent] = [stage.page("customer"), stage.page("agent")];
  /** @param {string} who @param {string} name */
  const step = async (who, name) => { await stage.shot(who, name); await stage.axe(who); };

  // 1. The agent logs in and becomes Available.
  await agent.goto("/console");
  await agent.getByRole("button", { name: "Sign in" }).waitFor();
  await step("agent", "1 log in");
  await signIn(agent, desk.demo.agent);
  await status(agent, "On break");
  await becomeAvailable(agent);
  await agent.locator(".connection.live").waitFor();
  await step("agent", "1 available");

  // 2. The customer searches the articles, reads one, fills in the form, and asks for a chat.
  await customer.goto("/support");
  await customer.getByText("Open now").waitFor();
  await customer.getByLabel("Search our help").fill("invoice higher");
  await customer.locator(".hits button").first().waitFor();
  await step("customer", "2 search");
  await customer.locator(".hits button").first().click();
  await customer.locator("article h1").waitFor();
  await step("customer", "2 article");
  await customer.getByRole("button", { name: "No, start a chat" }).click();
  await customer.getByRole("button", { name: "Start the chat" }).click();
  await customer.getByText("Please tell us your name.").waitFor();
  // The first error has the focus.
  await customer.locator("input[name=name]:focus").waitFor();
  await fillForm(customer, { "Name *": "Maria Lopez", "E-mail": "maria.lopez@example.com", "Your question": "My invoice is wrong: it shows the old VAT number." }, "Billing");
  await step("customer", "2 form");
  await customer.getByRole("button", { name: "Start the chat" }).dblclick();
  await customer.getByText("You are 1st").waitFor();
  await step("customer", "2 place in the queue");

  // 3. The agent's bar rings: title and favicon follow.
  await agent.locator(".offer").waitFor();
  assert.match(await agent.title(), /Offer: Maria Lopez/);
  assert.match((await agent.locator("link[rel=icon]").getAttribute("href")) ?? "", /offer\.svg$/);
  await step("agent", "3 offer");

  // 4. The record pops for preview.
  await agent.locator(".offer .preview", { hasText: "Lopez Ceramics" }).waitFor();
  await agent.locator(".offer .question", { hasText: "VAT number" }).waitFor();
  await step("agent", "4 record");

  // 5. Accept.
  await agent.keyboard.press("Alt+A");
  await agent.locator(".composer").waitFor();
  await status(agent, "Busy");
  await agent.locator(".context .record", { hasText: "Lopez Ceramics" }).waitFor();
  assert.equal(await agent.locator(".offer").count(), 0);
  assert.equal(await agent.locator(".chat-card").count(), 1, "a double click asks for one chat");
  await customer.getByText("Ana is with you now").waitFor();
  await step("agent", "5 accepted");

  // 6. Both write; each sees the other typing, and how far the other has got.
  await agent.locator("#write").pressSequentially("Hello Maria, ");
  await customer.getByText("Ana is typing").waitFor();
  await step("customer", "6 the agent types");
  await write(agent, "Hello Maria, let me look at it.", customer);
  await customer.locator("#write").pressSequentially("Thank");
  await agent.getByText("Maria Lopez is typing").waitFor();
  await step("agent", "6 the customer types");
  await write(customer, "Thank you! <b>It is</b> the one of March.", agent);
  await agent.bringToFront();
  await customer.locator(".line.mine .tick").last().waitFor();
  await step("customer", "6 both have written");

  // 7. The agent searches the FAQ and inserts an answer.
  await agent.locator("#write").pressSequentially("/invoice");
  await agent.locator(".faq-box [role=option]").first().waitFor();
  await step("agent", "7 faq search");
  await agent.keyboard.press("Enter");
  await agent.locator(".faq-box").waitFor({ state: "detached" });
  const article = await agent.locator("#write").inputValue();
  assert.ok(article.length > 40 && !article.startsWith("/"), `an article is inserted: ${article}`);
  await agent.keyboard.press("Enter");
  await customer.getByRole("log").getByText(article.split("\n")[0].slice(0, 40)).first().waitFor();
  await step("agent", "7 faq sent");
  await agent.keyboard.press("Alt+N");
  await agent.locator("#write").fill("Her second VAT question this year.");
  await agent.keyboard.press("Enter");
  await agent.locator(".line.note", { hasText: "second VAT" }).waitFor();

  // 8. Transaction codes.
  await agent.keyboard.press("Alt+T");
  const search = agent.locator(".context .code-search input");
  await search.waitFor();
  await search.fill("inv");
  await search.press("Enter");
  await agent.getByRole("button", { name: "INV Invoice › Question", pressed: true }).waitFor();
  await step("agent", "8 codes");

  // 9. End: post-processing with the time left.
  await agent.keyboard.press("Alt+E");
  await agent.getByRole("button", { name: "End chat" }).waitFor();
  await agent.keyboard.press("Enter");
  await agent.locator(".wrapup .timer").waitFor();
  await status(agent, "Post-processing");
  await customer.getByText("Ana ended the chat").waitFor();
  assert.equal(await customer.getByText("second VAT").count(), 0, "a note is for the desk only");
  await step("customer", "9 ended");
  assert.equal(await agent.getByRole("button", { name: "Done" }).isDisabled(), true, "a mandatory code is missing");
  await agent.locator(".wrapup .code-search input").fill("OK");
  await agent.locator(".wrapup .code-search input").press("Enter");
  await agent.getByRole("button", { name: "Done" }).and(agent.locator(":enabled")).waitFor();

  // 10. The log opens: to read, tied to the record.
  const log = agent.getByRole("region", { name: "Chat log" });
  await log.getByText("Maria Lopez").first().waitFor();
  await log.getByRole("button", { name: "Edit" }).waitFor();
  await step("agent", "10 log to read");

  // 11. Edit, keep a draft, save.
  await log.getByRole("button", { name: "Edit" }).click();
  await log.getByLabel("Subject").fill("Invoice with the old VAT number");
  await log.getByLabel("Notes").fill("A corrected invoice was promised.");
  await log.getByRole("button", { name: "Save draft" }).click();
  await log.getByText("Draft kept").waitFor();
  await step("agent", "11 log being edited");
  await log.getByRole("button", { name: "Save", exact: true }).click();
  await log.getByText("Saved.").waitFor();
  await log.getByText("A corrected invoice was promised.").waitFor();
  await step("agent", "11 log saved");

  // 12. Post-processing ends by hand.
  await agent.keyboard.press("Alt+W");
  await status(agent, "Available");
  await agent.locator(".wrapup").waitFor({ state: "detached" });
  await step("agent", "12 available again");

  await agent.keyboard.press("Alt+S");
  await agent.keyboard.press("3");
  await agent.getByRole("menuitem", { name: "Lunch" }).click();
  await status(agent, "On break: Lunch");
}

test("a new customer, pages reloaded in the middle, and a log that asks whose it is", async () => {
  await onStage({ folder: "new-customer" }, newCustomer);
});

/** @param {Stage} stage @param {Desk} desk */
async function newCustomer(stage, desk) {
  const [customer, agent] = [stage.page("customer"), stage.page("agent")];
  await customer.goto("/support");
  await customer.getByRole("button", { name: "Start a chat" }).click();
  await fillForm(customer, { "Name *": "Zoë Nobody", "E-mail": "zoe.nobody@example.org", "Your question": "Do you sell fibre in my street?" }, "Billing");
  await customer.getByRole("button", { name: "Start the chat" }).click();
  await customer.getByText("You are 1st").waitFor();
  await customer.locator("#write").fill("It is Elm Street 7.");
  await customer.locator("#write").press("Enter");
  await customer.locator(".line.mine .tick").waitFor();
  await customer.reload();
  await customer.getByText("You are 1st").waitFor();
  await customer.getByText("It is Elm Street 7.").waitFor();

  await agent.goto("/console");
  await signIn(agent, desk.demo.agent);
  await becomeAvailable(agent);
  await agent.locator(".offer").waitFor();
  await agent.locator(".offer .preview", { hasText: "No record" }).waitFor();
  await stage.shot("agent", "offer of a new customer");
  await stage.axe("agent");
  await agent.keyboard.press("Alt+A");
  await agent.getByText("It is Elm Street 7.").first().waitFor();
  await agent.getByRole("heading", { name: "New customer" }).waitFor();
  await stage.shot("agent", "blank form");
  await stage.axe("agent");

  await agent.locator("#write").fill("half a sentence");
  await agent.locator(".chat-card .draft").waitFor();
  await agent.reload();
  await agent.locator(".composer").waitFor();
  assert.equal(await agent.locator("#write").inputValue(), "half a sentence", "a draft survives a reload");
  await agent.getByText("It is Elm Street 7.").first().waitFor();
  await write(agent, "Yes, we do.", customer);
  await customer.reload();
  await customer.getByText("Yes, we do.").waitFor();

  const long = "x".repeat(501);
  await customer.locator("#write").fill(long);
  await customer.getByText("At most 500 characters").waitFor();
  assert.equal((await customer.locator("#write").inputValue()).length, 501, "nothing is cut");
  await stage.shot("customer", "too long");
  await stage.axe("customer");
  await customer.locator("#write").fill("I was about to say");
  await agent.locator("#write").fill("never sent");

  await customer.getByRole("button", { name: "End chat" }).click();
  await customer.getByRole("button", { name: "End chat" }).click();
  await customer.getByText("You ended the chat").waitFor();
  await customer.getByText("I was about to say").waitFor();
  await stage.shot("customer", "ended");
  await stage.axe("customer");
  const download = customer.waitForEvent("download");
  await customer.getByRole("button", { name: "txt" }).click();
  assert.match((await download).suggestedFilename(), /\.txt$/);

  await agent.locator(".wrapup", { hasText: "ended by the customer" }).waitFor();
  await agent.getByText("never sent").waitFor();
  const log = agent.getByRole("region", { name: "Chat log" });
  await log.getByLabel("Notes").fill("Wants fibre.");
  await log.getByRole("button", { name: "Save", exact: true }).click();
  await agent.getByRole("dialog", { name: "Pick a customer" }).waitFor();
  await stage.shot("agent", "whose log is it");
  await stage.axe("agent");
  await agent.getByRole("button", { name: "Create new customer" }).click();
  await agent.getByRole("button", { name: "Create", exact: true }).click();
  await log.getByText("Saved.").waitFor();
  await log.getByText("Zoë Nobody").first().waitFor();
  await agent.locator(".wrapup .code-search input").fill("OK");
  await agent.locator(".wrapup .code-search input").press("Enter");
  await agent.getByRole("button", { name: "Done" }).and(agent.locator(":enabled")).click();
  await status(agent, "Available");

  await customer.getByRole("button", { name: "Start a new chat" }).click();
  await customer.getByRole("button", { name: "Start a chat" }).waitFor();
  await agent.keyboard.press("Alt+S");
  await agent.keyboard.press("4");
  await agent.getByRole("menuitem", { name: "E-mail" }).click();
  await status(agent, "Work offline");
}

test("the supervisor sees queues and agents live, and reads a chat", async () => {
  await onStage({ people: ["customer", "agent", "supervisor"], folder: "supervisor" }, supervision);
});

/** The story of the chat that is open, asked for and read with the keyboard alone, in light and dark. @param {Stage} stage @param {Page} supervisor */
async function whyThisAgent(stage, supervisor) {
  const dialog = supervisor.getByRole("dialog");
  await dialog.getByRole("button", { name: "Why this agent?" }).focus();
  await supervisor.keyboard.press("Enter");
  await dialog.getByText("Ana got this chat, because Ana was the only one who could take it.").waitFor();
  await dialog.getByText("It had to wait").waitFor();
  await dialog.getByRole("group", { name: "Why this agent" }).and(supervisor.locator(":focus")).waitFor();
  await dialog.locator("summary").last().press("Enter");
  await dialog.getByRole("cell", { name: "yes, and was chosen" }).waitFor();
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    await supervisor.emulateMedia({ colorScheme: scheme });
    await stage.shot("supervisor", `why this agent, ${scheme}`);
    await stage.axe("supervisor");
  }
  await supervisor.emulateMedia({ colorScheme: "light" });
}

/** Who waits in the queue that was opened, and why nobody has them yet. @param {Stage} stage @param {Page} supervisor */
async function whyItWaits(stage, supervisor) {
  const dialog = supervisor.getByRole("dialog");
  await dialog.getByRole("button", { name: "Ngozi Okafor" }).click();
  await dialog.getByRole("button", { name: "Why does it wait?" }).click();
  await dialog.getByText("It is still waiting.").waitFor();
  await stage.shot("supervisor", "why it waits");
  await stage.axe("supervisor");
  await supervisor.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
}

/** @param {Stage} stage @param {Desk} desk */
async function supervision(stage, desk) {
  const [customer, agent, supervisor] = [stage.page("customer"), stage.page("agent"), stage.page("supervisor")];
  await supervisor.goto("/supervisor");
  await signIn(supervisor, desk.demo.supervisor);
  const row = supervisor.getByRole("row", { name: "Billing" });
  await row.waitFor();
  await customer.goto("/support");
  await customer.getByRole("button", { name: "Start a chat" }).click();
  await fillForm(customer, { "Name *": "Ngozi Okafor", "E-mail": "ngozi.okafor@example.com", "Your question": "A price for forty seats" }, "Billing");
  await customer.getByRole("button", { name: "Start the chat" }).click();
  await customer.getByText("You are 1st").waitFor();
  const line = row.getByRole("button", { name: "1 waiting in Billing" });
  await line.waitFor();
  await stage.shot("supervisor", "one waits");
  await stage.axe("supervisor");
  await line.click();
  await whyItWaits(stage, supervisor);
  await agent.goto("/console");
  await signIn(agent, desk.demo.agent);
  await becomeAvailable(agent);
  await agent.locator(".offer").waitFor();
  await agent.keyboard.press("Alt+A");
  await agent.locator(".composer").waitFor();
  await write(agent, "Good morning", customer);
  const card = supervisor.getByRole("article", { name: "Ana" });
  await card.getByText("Busy").waitFor();
  await card.locator(".chats-of button").click();
  await supervisor.getByRole("dialog").getByText("Good morning").waitFor();
  await stage.shot("supervisor", "reads");
  await stage.axe("supervisor");
  await whyThisAgent(stage, supervisor);
  await supervisor.keyboard.press("Escape");
  await customer.getByRole("button", { name: "End chat" }).click();
  await customer.getByRole("button", { name: "End chat" }).click();
  await customer.getByText("You ended the chat").waitFor();
}
