/** One block of a stream of server-sent events. */
export interface Block {
  /** The event's name; empty for a block that only says where the stream stands. */
  event: string;
  /** Where the stream stands after it, if it says so. */
  id: string | undefined;
  data: string;
}

/** A server that never ends a block is not listened to. */
const BLOCK_CHARS_MAX = 64 * 1024;

/** Cuts text into blocks, wherever the pieces that arrive begin and end. */
export class BlockReader {
  #rest = "";

  /** The blocks that are complete with this piece. */
  push(piece: string): Block[] {
    this.#rest += piece;
    const blocks: Block[] = [];
    for (;;) {
      const end = /\r\n\r\n|\n\n|\r\r/.exec(this.#rest);
      if (!end) break;
      const block = readBlock(this.#rest.slice(0, end.index));
      this.#rest = this.#rest.slice(end.index + end[0].length);
      if (block) blocks.push(block);
    }
    if (this.#rest.length > BLOCK_CHARS_MAX) throw new Error("a block without an end");
    return blocks;
  }
}

function readBlock(text: string): Block | undefined {
  const block: Block = { event: "", id: undefined, data: "" };
  const data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") block.event = value;
    else if (name === "id" && !value.includes("\0")) block.id = value;
    else if (name === "data") data.push(value);
  }
  block.data = data.join("\n");
  return block.event || block.id !== undefined || data.length > 0 ? block : undefined;
}
