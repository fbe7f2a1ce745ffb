// Asks a model through the official clients, as a line of JSON on standard input says, and answers with one.
//
// {client, base, mode, prompt} -> {text} | {tool} | {error: {name, status, message, headers}}
"use strict";

const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");

const load = createRequire(process.argv[2] + "/");
const { OpenAI } = load("openai");
const { Anthropic } = load("@anthropic-ai/sdk");

const schema = { type: "object", properties: { to: { type: "string" } } };
const said = (prompt) => [{ role: "user", content: prompt }];

const openai = (base) => new OpenAI({ apiKey: "of-the-client", baseURL: `${base}/openai/v1` });
const anthropic = (base) => new Anthropic({ apiKey: "of-the-client", baseURL: `${base}/anthropic` });

const CLIENTS = {
  chat: {
    async plain(base, prompt) {
      const answer = await openai(base).chat.completions.create({ model: "gpt-4o", messages: said(prompt) });
      return { text: answer.choices[0].message.content };
    },
    async stream(base, prompt) {
      let text = "";
      const asked = { model: "gpt-4o", messages: said(prompt), stream: true };
      for await (const chunk of await openai(base).chat.completions.create(asked)) {
        text += chunk.choices[0]?.delta?.content ?? "";
      }
      return { text };
    },
    async tool(base, prompt) {
      const tools = [{ type: "function", function: { name: "send", parameters: schema } }];
      const asked = { model: "gpt-4o", messages: said(prompt), tools };
      const whole = await openai(base).chat.completions.create(asked);
      const streamed = await openai(base).chat.completions.stream(asked).finalChatCompletion();
      const call = (answer) => JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments).to;
      return { tool: [call(whole), call(streamed)] };
    },
  },
  responses: {
    async plain(base, prompt) {
      return { text: (await openai(base).responses.create({ model: "gpt-4o", input: prompt })).output_text };
    },
    async stream(base, prompt) {
      const stream = openai(base).responses.stream({ model: "gpt-4o", input: prompt });
      let text = "";
      stream.on("response.output_text.delta", (event) => { text += event.delta; });
      const last = await stream.finalResponse();
      if (last.output_text !== text) throw new Error(`the whole is ${last.output_text}, the pieces ${text}`);
      return { text };
    },
  },
  messages: {
    async plain(base, prompt) {
      const asked = { model: "claude-sonnet-4-5", max_tokens: 9, messages: said(prompt) };
      return { text: (await anthropic(base).messages.create(asked)).content[0].text };
    },
    async stream(base, prompt) {
      const asked = { model: "claude-sonnet-4-5", max_tokens: 9, messages: said(prompt) };
      return { text: await anthropic(base).messages.stream(asked).finalText() };
    },
    async tool(base, prompt) {
      const tools = [{ name: "send", input_schema: schema }];
      const asked = { model: "claude-sonnet-4-5", max_tokens: 9, messages: said(prompt), tools };
      const whole = await anthropic(base).messages.create(asked);
      const streamed = await anthropic(base).messages.stream(asked).finalMessage();
      return { tool: [whole.content[0].input.to, streamed.content[0].input.to] };
    },
  },
};

const told = (error) => ({
  name: error.constructor.name,
  status: error.status ?? null,
  message: error.message,
  headers: error.headers ? Object.fromEntries(error.headers) : {},
});

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { client, base, mode, prompt } = JSON.parse(line);
  let answer;
  try {
    answer = await CLIENTS[client][mode](base, prompt);
  } catch (error) {
    answer = { error: told(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
