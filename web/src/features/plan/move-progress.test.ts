import { expect, it } from "vitest";
import { type Move, progressOf } from "./move-progress";

it("never goes back from step to step", () => {
  const move = (step: Move["step"], rowsDone = 0, rowsTotal = 100): Move => ({
    to: "pro",
    step,
    rowsDone,
    rowsTotal,
    startedAt: "2026-01-01T00:00:00Z",
  });
  const course = [
    move("PREPARING"),
    move("COPYING"),
    move("COPYING", 50),
    move("COPYING", 100),
    // What came meanwhile is copied as well.
    move("COPYING", 130),
    move("VERIFYING", 130),
    move("SWITCHING", 130),
    move("CLEANING", 130),
  ].map(progressOf);
  expect(course).toEqual([...course].sort((a, b) => a - b));
  expect(course.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(progressOf(move("COPYING", 0, 0))).toBeLessThan(0.1);
});
