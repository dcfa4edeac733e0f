import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { toAnswer } from '../../../charts/album-answer.ts';
import { createArtistsChart } from '../../../charts/album-artists.ts';
import { createDecadesChart } from '../../../charts/album-decades.ts';
import { createTrendChart } from '../../../charts/album-trend.ts';
import type { DashboardAlbums } from '../../data.ts';
import { quantity } from '../format.ts';
import { Empty } from '../parts/empty.tsx';
import { Figure } from '../parts/figure.tsx';
import type { View } from '../view.ts';

export function AlbumLengths({ view }: { readonly view: View }): VNode {
  const { albums } = view.data;
  return albums === undefined ? (
    <Empty
      title="No albums measured yet"
      commands={[
        ['npx spotify-etl albums add <link>', 'puts an artist on the list'],
        ['npx spotify-etl albums collect', 'reads their albums, and how long they are'],
      ]}
    >
      Do albums get shorter? Two commands collect what the answer needs:
    </Empty>
  ) : (
    <Lengths albums={albums} />
  );
}

function Lengths({ albums }: { readonly albums: DashboardAlbums }): VNode {
  const { market, points, trend } = albums;
  const charts = useMemo(
    () => [
      createTrendChart(trend, points),
      createDecadesChart(trend.decades),
      createArtistsChart(trend.by_artist),
    ],
    [albums],
  );
  const [answer, ...basis] = toAnswer(trend);
  return (
    <>
      <section class="card answer">
        <h2>Do the albums of these artists get shorter?</h2>
        <p>
          <strong>{answer}</strong>
        </p>
        {basis.map((line) => (
          <p key={line} class="faint">
            {line}
          </p>
        ))}
        <p class="faint">
          Editions of one album count once: {quantity(trend.families_total, 'album')} in Spotify’s
          catalogue of {market}, {quantity(trend.families, 'album')} in the trend.
        </p>
      </section>
      {charts.map((chart) => (
        <Figure key={chart.title} chart={chart} />
      ))}
    </>
  );
}
