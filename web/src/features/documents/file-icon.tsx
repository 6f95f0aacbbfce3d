import {
  File,
  FileArchive,
  FileAudio,
  FileCode,
  FileImage,
  FileSpreadsheet,
  FileText,
  FileVideo,
  Presentation,
} from "lucide-react";

const KINDS: ReadonlyArray<[pattern: RegExp, icon: typeof File, tint: string]> = [
  [/^image\//, FileImage, "150"],
  [/^video\//, FileVideo, "300"],
  [/^audio\//, FileAudio, "330"],
  [/pdf$/, FileText, "27"],
  [/spreadsheet|excel|csv/, FileSpreadsheet, "155"],
  [/presentation|powerpoint/, Presentation, "50"],
  [/zip|tar|compressed/, FileArchive, "85"],
  [/json|xml|javascript|html/, FileCode, "250"],
  [/^text\/|word/, FileText, "235"],
];

/** A picture of what kind of file it is. */
export function FileIcon({ contentType }: { contentType: string }) {
  const [, Icon, hue] = KINDS.find(([pattern]) => pattern.test(contentType)) ?? [null, File, "165"];
  return (
    <span
      aria-hidden="true"
      className="grid size-9 shrink-0 place-items-center rounded-lg"
      style={{
        background: `light-dark(oklch(0.955 0.022 ${hue}), oklch(0.29 0.035 ${hue}))`,
        color: `light-dark(oklch(0.5 0.11 ${hue}), oklch(0.8 0.1 ${hue}))`,
      }}
    >
      <Icon className="size-4.5" />
    </span>
  );
}
