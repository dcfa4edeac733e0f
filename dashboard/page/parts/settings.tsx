import type { VNode } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { type ChangeSettings, findZone, type Settings } from '../settings.ts';

type Props = { readonly settings: Settings; readonly onChange: ChangeSettings };

const WEEK_STARTS = [
  { day: 1, name: 'Monday' },
  { day: 0, name: 'Sunday' },
  { day: 6, name: 'Saturday' },
];

export function SettingsPanel({ onChange, settings }: Props): VNode {
  const [isOpen, set] = useState(false);
  return (
    <details
      class="settings"
      onToggle={(event) => {
        set(event.currentTarget.open);
      }}
    >
      <summary>Settings</summary>
      <ZoneChoice settings={settings} onChange={onChange} hasList={isOpen} />
      <label>
        Weeks begin on
        <select
          value={settings.firstWeekday}
          onChange={({ currentTarget }) => {
            onChange({ firstWeekday: Number(currentTarget.value) });
          }}
        >
          {WEEK_STARTS.map(({ day, name }) => (
            <option key={day} value={day}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p class="faint">Kept in this browser, sent nowhere.</p>
    </details>
  );
}

type ZoneProps = Props & {
  /** There are hundreds, so they are made when they can be seen. */
  readonly hasList: boolean;
};

function ZoneChoice({ hasList, onChange, settings }: ZoneProps): VNode {
  const id = useId();
  const [text, setText] = useState(settings.zone);
  const isKnown = findZone(text) !== undefined;
  useEffect(() => {
    setText(settings.zone);
  }, [settings.zone]);
  return (
    <>
      <label>
        Time zone
        <input
          type="text"
          list={`${id}-zones`}
          value={text}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={!isKnown}
          aria-describedby={`${id}-help`}
          onFocus={({ currentTarget }) => {
            currentTarget.select();
          }}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
          }}
          onChange={({ currentTarget: { value } }) => {
            const zone = findZone(value);
            if (zone === undefined) return;
            setText(zone);
            if (zone !== settings.zone) onChange({ zone });
          }}
        />
      </label>
      <p id={`${id}-help`} class="faint" hidden={isKnown} role="status">
        No such time zone. Type a city, such as Berlin.
      </p>
      <datalist id={`${id}-zones`}>
        {hasList &&
          Intl.supportedValuesOf('timeZone').map((zone) => <option key={zone} value={zone} />)}
      </datalist>
    </>
  );
}
