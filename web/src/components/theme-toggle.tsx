import { Monitor, Moon, Sun } from "lucide-react";
import { chooseTheme, type Theme, useTheme } from "@/theme/theme";
import { Button } from "./ui/button";
import { Menu, MenuChoice, MenuChoices } from "./ui/menu";

const CHOICES: ReadonlyArray<{ value: Theme; label: string; icon: typeof Sun }> = [
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
  { value: "system", label: "As the system", icon: Monitor },
];

/** Light, dark, or as the machine says. */
export function ThemeToggle() {
  const theme = useTheme();
  const Icon = CHOICES.find((choice) => choice.value === theme)?.icon ?? Monitor;
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="icon" aria-label="Theme">
          <Icon aria-hidden />
        </Button>
      }
    >
      <MenuChoices value={theme} onValueChange={(value) => chooseTheme(value as Theme)}>
        {CHOICES.map((choice) => (
          <MenuChoice key={choice.value} value={choice.value}>
            <choice.icon aria-hidden />
            {choice.label}
          </MenuChoice>
        ))}
      </MenuChoices>
    </Menu>
  );
}
