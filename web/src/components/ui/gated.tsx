import { type MouseEvent, useId } from "react";
import { Button, type ButtonProps } from "./button";
import { Tooltip } from "./tooltip";

interface GatedButtonProps extends Omit<ButtonProps, "asChild" | "disabled"> {
  /** Why this cannot be pressed; absent where it can. */
  reason: string | undefined;
}

/**
 * A button that says why it cannot be pressed instead of being away. It stays in the order of keys, so
 * that the reason can be read without a mouse.
 */
export function GatedButton({ reason, onClick, className, ...rest }: GatedButtonProps) {
  const id = useId();
  if (!reason) return <Button {...rest} className={className} onClick={onClick} />;
  const refuse = (event: MouseEvent) => event.preventDefault();
  return (
    <>
      <Tooltip text={reason}>
        <Button
          {...rest}
          aria-disabled
          aria-describedby={id}
          onClick={refuse}
          className={`cursor-not-allowed opacity-55 ${className ?? ""}`}
        />
      </Tooltip>
      <span id={id} className="sr-only">
        {reason}
      </span>
    </>
  );
}
