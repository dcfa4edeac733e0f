import { BarChart, BoxplotChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

/** Registers what any chart of ours can have, once is enough. */
export function useAllKinds(): void {
  use([BarChart, BoxplotChart, CustomChart, LineChart, ScatterChart]);
  use([GridComponent, TooltipComponent, SVGRenderer]);
}
