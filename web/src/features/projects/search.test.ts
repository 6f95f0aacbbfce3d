import { expect, it } from "vitest";
import { matches } from "./search";

it.each([
  ["", "anything", true],
  ["riv", "River survey", true],
  ["survey RIVER", "River survey", true],
  ["cafe", "Café plans", true],
  ["harbour", "River survey", false],
])("%j in %j: %s", (search, text, expected) => expect(matches(search, text, null)).toBe(expected));
