// Draws every figure.chart of the page from the JSON inside of it, and again when the colours change.
(() => {
  'use strict';
  const root = document.documentElement;
  const color = name => getComputedStyle(root).getPropertyValue(name).trim();
  const POINTS = ['circle', 'rectRot', 'triangle', 'rect', 'star', 'crossRot', 'rectRounded', 'cross'];
  const SERIES = 8;

  // four digits are enough to look at; all are in the metrics
  const short = value => {
    const size = Math.abs(value);
    if (size >= 1e4) return new Intl.NumberFormat('en', {notation: 'compact', maximumSignificantDigits: 4}).format(value);
    return size !== 0 && size < 1e-3 ? value.toExponential(1).replace('.0e', 'e')
      : String(Number(value.toPrecision(4)));
  };

  /** Intervals from low to high: whiskers through each point, or a band around a dashed line. */
  const intervals = {
    id: 'intervals',
    afterDatasetDraw(chart, {index, meta}) {
      const {ctx, chartArea: area, scales: {y}} = chart;
      const {data, band, whiskers} = chart.data.datasets[index];
      const ends = meta.hidden ? [] : meta.data.flatMap((element, i) => data[i].low === null ? [] : [{
        x: element.x,
        low: y.getPixelForValue(Math.max(data[i].low, y.min)),
        high: y.getPixelForValue(data[i].high)
      }]);
      ctx.save();
      ctx.beginPath();
      ctx.rect(area.left - 8, area.top, area.width + 16, area.height);
      ctx.clip();
      ctx.beginPath();
      if (band) {
        ends.forEach(({x, low}) => ctx.lineTo(x, low));
        ends.reverse().forEach(({x, high}) => ctx.lineTo(x, high));
        ctx.fillStyle = band;
        ctx.fill();
      } else {
        ends.forEach(({x, low, high}) => {
          ctx.moveTo(x, low);
          ctx.lineTo(x, high);
          for (const end of [low, high]) {
            ctx.moveTo(x - 4, end);
            ctx.lineTo(x + 4, end);
          }
        });
        ctx.strokeStyle = whiskers;
        ctx.lineWidth = 1.25;
        ctx.stroke();
      }
      ctx.restore();
    }
  };

  function axis(spec, values) {
    const logarithmic = spec.scale === 'LOGARITHMIC';
    const decades = Math.log10(Math.max(...values) / Math.min(...values));
    return {
      type: {LINEAR: 'linear', LOGARITHMIC: 'logarithmic', CATEGORY: 'category'}[spec.scale],
      labels: spec.scale === 'CATEGORY' ? spec.categories : undefined,
      title: {display: true, text: spec.title, color: color('--faint')},
      grid: {color: color('--line')},
      border: {color: color('--line')},
      ticks: {
        color: color('--faint'),
        maxRotation: spec.scale === 'CATEGORY' ? 60 : 0,
        autoSkipPadding: 12,
        callback(value) {
          if (spec.scale === 'CATEGORY') return this.getLabelForValue(value);
          const round = decades < 1 ? /^[1-7](\.5)?e/ : decades < 2 ? /^[125]e/ : /^1e/;
          return !logarithmic || round.test(value.toExponential()) ? short(value) : '';
        }
      }
    };
  }

  function dataset(series, number, points) {
    const own = color('--series-' + number % SERIES);
    const dashed = series.drawn === 'DASHED', bars = series.drawn === 'BARS';
    return {
      type: bars ? 'bar' : 'line',
      label: series.name,
      data: points,
      showLine: series.drawn !== 'POINTS',
      borderColor: own,
      backgroundColor: bars ? own + 'b0' : own,
      borderWidth: bars ? 0 : 2,
      barPercentage: 0.95,
      categoryPercentage: 0.9,
      borderDash: dashed ? [6, 4] : [],
      pointStyle: dashed ? 'line' : bars ? 'rect' : POINTS[number % POINTS.length],
      pointRadius: dashed ? 0 : series.drawn === 'POINTS' ? 5 : points.length > 40 ? 0 : 3,
      pointHitRadius: 8,
      band: dashed ? own + '22' : null,
      whiskers: bars ? color('--ink') : own
    };
  }

  function draw(figure) {
    const spec = JSON.parse(figure.querySelector('script').textContent);
    const drawable = (value, scale) => Number.isFinite(value) && (scale !== 'LOGARITHMIC' || value > 0);
    const points = spec.series.map(series =>
      series.points.filter(p => drawable(p.x, spec.x.scale) && drawable(p.y, spec.y.scale)));
    const all = points.flat();
    const heights = all.flatMap(p => [p.low, p.y, p.high].filter(v => v !== null && drawable(v, spec.y.scale)));
    const bars = spec.series.some(series => series.drawn === 'BARS');
    const y = axis(spec.y, heights);
    y.suggestedMin = bars ? 0 : Math.min(...heights);
    y.suggestedMax = Math.max(...heights);
    if (bars) y.beginAtZero = true;
    return new Chart(figure.querySelector('canvas'), {
      data: {datasets: spec.series.map((series, i) => dataset(series, i, points[i]))},
      plugins: [intervals],
      options: {
        parsing: false,
        animation: false,
        maintainAspectRatio: false,
        interaction: {mode: 'nearest', intersect: false},
        scales: {x: axis(spec.x, all.map(p => p.x)), y},
        plugins: {
          legend: {
            display: spec.series.length > 1,
            position: 'bottom',
            labels: {color: color('--ink'), usePointStyle: true, boxHeight: 7}
          },
          tooltip: {
            callbacks: {
              title: items => items.length ? spec.x.title + ': '
                + (spec.x.scale === 'CATEGORY' ? spec.x.categories[items[0].raw.x] : short(items[0].raw.x)) : '',
              label: item => item.dataset.label + ': ' + short(item.raw.y)
                + (item.raw.low === null ? '' : ' (' + short(item.raw.low) + ' to ' + short(item.raw.high) + ')')
            }
          }
        }
      }
    });
  }

  const charts = new Map();
  function drawAll() {
    for (const figure of document.querySelectorAll('figure.chart')) {
      try {
        charts.get(figure)?.destroy();
        charts.set(figure, draw(figure));
        figure.dataset.state = 'drawn';
      } catch (e) {
        figure.dataset.state = 'failed';
        figure.querySelector('.plot').textContent = 'This chart could not be drawn (' + e.message + '); its numbers are in the table.';
      }
    }
  }

  drawAll();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  addEventListener('beforeprint', () => { root.dataset.print = 'yes'; drawAll(); });
  addEventListener('afterprint', () => { delete root.dataset.print; drawAll(); });

  const refresh = Number(document.body.dataset.refreshSeconds);
  if (refresh > 0) setTimeout(() => location.reload(), 1000 * refresh);
})();
