import { formatBytes } from "@/lib/format";

/** What this installation takes. */
export interface UploadRules {
  maxUploadBytes: number;
  allowedContentTypes: readonly string[];
}

const BY_EXTENSION: Record<string, string> = {
  csv: "text/csv",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  gif: "image/gif",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  md: "text/markdown",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  ppt: "application/vnd.ms-powerpoint",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  svg: "image/svg+xml",
  txt: "text/plain",
  webp: "image/webp",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  xml: "application/xml",
  zip: "application/zip",
};

const FALLBACK = "application/octet-stream";

/** The media type of a file: what the machine says, else what its name suggests. */
export function contentTypeOf(file: { name: string; type: string }): string {
  const said = file.type.split(";")[0]?.trim().toLowerCase();
  if (said === "application/x-zip-compressed") return "application/zip";
  if (said) return said;
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase();
  return (extension && BY_EXTENSION[extension]) || FALLBACK;
}

/** Why a file will not be taken, or nothing if it will. Asked before any byte is sent. */
export function rejection(
  file: { name: string; type: string; size: number },
  rules: UploadRules,
): string | undefined {
  if (file.size === 0) return "The file is empty.";
  if (file.size > rules.maxUploadBytes) {
    return `Too large: ${formatBytes(file.size)}, and at most ${formatBytes(rules.maxUploadBytes)} are accepted.`;
  }
  if (!isAllowed(contentTypeOf(file), rules.allowedContentTypes))
    return "Files of this type are not accepted.";
  return undefined;
}

/** Whether a type is on the list; an entry may be a family such as `image/*`, an empty list takes all. */
export function isAllowed(contentType: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  return allowed.some((entry) =>
    entry.endsWith("/*")
      ? contentType.startsWith(entry.slice(0, -1))
      : entry === "*" || entry === contentType,
  );
}
