import type { ComponentChild, VNode } from 'preact';

type StepProps<Place> = {
  readonly name: string;
  /** By default the name. */
  readonly children?: ComponentChild;
  /** Undefined at the end. */
  readonly to: Place | undefined;
  readonly onStep: (to: Place) => void;
  readonly describedBy?: string;
};

/** A button to the next place. It keeps the focus at the end, which a disabled one would lose. */
export function Step<Place>(props: StepProps<Place>): VNode {
  const { children, describedBy, name, onStep, to } = props;
  return (
    <button
      type="button"
      aria-label={children === undefined ? undefined : name}
      aria-describedby={describedBy}
      aria-disabled={to === undefined}
      onClick={() => {
        if (to !== undefined) onStep(to);
      }}
    >
      {children ?? name}
    </button>
  );
}
