package tweedie.data.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tweedie.score.Draws;

/**
 * Writes digits: a skeleton of strokes, bent and slanted at random, inked by a pen of changing
 * width.
 *
 * <p>Uses only arithmetic that is the same on every machine (StrictMath, no AWT).
 */
final class Handwriting {

  /** Pixels that MNIST's digits measure in the longer direction, of 28. */
  private static final double BODY = 20.0 / 28;

  /** Straight pieces for one piece of a curve. */
  private static final int PIECES = 10;

  /**
   * Skeletons of each digit: strokes, each a curve through the points {@code x,y}, x to the right
   * and y down; at a point marked {@code !} the pen turns sharply.
   */
  private static final String[][] SKELETONS = {
    {
      "52,2 26,14 10,46 20,84 48,98 78,82 90,48 78,14 52,2",
      "60,4 34,6 14,34 16,72 40,97 70,86 86,54 76,18 52,6 40,14",
      "40,6 18,30 20,70 44,96 66,76 72,40 58,10 36,3",
      "72,8 48,2 22,26 10,62 28,94 60,92 84,60 88,24 66,6",
    },
    {
      "50,2 50,34 50,66 50,98",
      "56,2 52,34 48,68 46,98",
      "32,24 46,14 56,2! 55,36 53,68 52,98",
      "30,26 44,16 54,2! 53,36 52,68 52,97|28,97 52,96 76,97",
    },
    {
      "14,24 30,5 58,3 76,20 68,44 42,70 12,96! 46,94 88,95",
      "12,30 26,8 54,2 74,18 68,46 42,76 20,90 10,82 24,74 48,88 66,96 88,88",
      "20,18 44,3 70,14 72,40 50,66 14,97! 50,92 84,96",
      "10,22 36,4 66,8 74,32 52,62 22,86 12,94 26,88 54,96 90,90",
    },
    {
      "16,14 40,2 70,10 72,34 40,46! 74,54 82,78 54,97 16,90",
      "14,8 46,4 78,5! 58,24 40,42! 70,48 82,70 64,94 34,98 12,86",
      "22,10 50,2 72,18 60,40 36,47 64,50 80,70 62,95 20,94",
      "12,20 34,3 64,6 70,28 52,44 34,48! 62,50 78,66 72,90 40,99 12,86",
    },
    {
      "28,4 20,30 12,54! 46,54 86,50|66,8 64,40 60,70 58,98",
      "62,2 38,30 10,64! 48,64 90,62|66,30 64,62 60,98",
      "24,6 18,32 22,52 46,54 70,44|76,4 68,38 60,70 54,98",
      "60,98 62,66 66,34 68,3! 40,34 10,68! 46,66 92,64",
    },
    {
      "80,4 52,5 28,6! 24,26 20,44! 46,36 74,46 80,72 60,94 18,92",
      "30,5 26,24 22,44! 50,38 76,54 74,82 48,98 16,88|30,6 56,6 84,3",
      "84,6 60,4 34,10 26,26 30,42 58,50 74,70 58,93 18,94",
      "76,4 34,8! 26,44! 58,40 78,58 72,84 44,98 14,84",
    },
    {
      "68,4 42,20 20,52 20,82 44,98 70,86 74,64 54,52 28,62 19,76",
      "60,2 34,30 18,64 28,94 56,97 76,78 66,58 42,58 24,78",
      "78,6 50,10 26,38 18,72 36,96 66,92 76,70 58,54 32,62 20,80",
      "46,2 28,34 20,72 38,98 64,90 70,70 52,60 32,72 28,88",
    },
    {
      "12,8 46,7 84,5! 66,36 50,66 40,98",
      "14,22 16,8! 48,8 80,6! 64,34 52,64 46,98",
      "12,10 44,8 80,6! 62,38 48,68 36,97|30,52 54,50 78,48",
      "14,16 34,5 56,12 82,6 72,32 56,62 44,98",
    },
    {
      "70,14 44,3 22,18 34,38 60,54 76,76 56,97 26,92 20,72 42,54 66,36 74,18 58,4",
      "50,48 26,32 32,8 58,3 72,22 50,48 22,70 32,96 64,96 78,72 50,48",
      "66,8 40,4 26,22 40,42 62,58 70,80 50,98 26,84 34,60 58,40 72,20 64,6",
      "78,10 52,2 26,14 30,34 56,50 72,74 54,96 28,88 26,66 50,48 74,28 80,12",
    },
    {
      "74,22 56,3 28,10 18,34 36,50 64,42 75,20! 72,48 66,74 62,98",
      "72,14 44,4 22,24 28,46 54,46 72,24 74,12! 74,42 68,76 46,98 20,90",
      "68,18 46,4 24,18 26,40 50,46 68,26 74,8! 62,50 52,76 46,98",
      "76,26 60,6 32,4 18,26 28,48 56,46 76,24 72,56 58,84 36,98",
    },
  };

  private Handwriting() {}

  /** Writes one digit: gray values 0..255, [height, width]; the ink is white. */
  static byte[] write(int digit, long seed, long id, int height, int width) {
    Draws draws = Draws.of(seed, Draws.Purpose.DIGIT, id, 0);
    String[] variants = SKELETONS[digit];
    List<double[]> line = trace(variants[draws.below(variants.length)], draws);
    bend(line, draws);
    double size = Math.min(height, width) / 28.0;
    // pens differ, and each presses differently along its way
    double radius = size * Math.max(0.65, Math.min(2.1, 1.2 + 0.3 * draws.gaussian()));
    double change = draws.uniform(0, 0.22);
    double phase = draws.uniform(0, 2 * Math.PI);
    double edge = size * draws.uniform(0.45, 0.75);
    // the centre of the outermost pixel lies half a pixel inside
    place(line, draws, radius * (1 + change) + edge + 0.5, height, width);
    return ink(line, radius, change, phase, edge, height, width);
  }

  /** The points of all strokes as {x, y, 1 if a line leads to the point}, in the unit square. */
  private static List<double[]> trace(String skeleton, Draws draws) {
    double jitter = 0.022;
    List<double[]> line = new ArrayList<>();
    for (String stroke : skeleton.split("\\|")) {
      String[] words = stroke.split(" ");
      double[][] points = new double[words.length][];
      boolean[] corner = new boolean[words.length];
      for (int i = 0; i < words.length; i++) {
        corner[i] = words[i].endsWith("!");
        String[] xy = words[i].replace("!", "").split(",");
        points[i] =
            new double[] {
              Integer.parseInt(xy[0]) / 100.0 + jitter * draws.gaussian(),
              Integer.parseInt(xy[1]) / 100.0 + jitter * draws.gaussian()
            };
      }
      line.add(new double[] {points[0][0], points[0][1], 0});
      for (int i = 0; i + 1 < points.length; i++) {
        double[] before = i == 0 || corner[i] ? points[i] : points[i - 1];
        boolean end = i + 2 == points.length || corner[i + 1];
        double[] after = end ? points[i + 1] : points[i + 2];
        for (int k = 1; k <= PIECES; k++) {
          double t = (double) k / PIECES;
          line.add(
              new double[] {
                curve(before[0], points[i][0], points[i + 1][0], after[0], t),
                curve(before[1], points[i][1], points[i + 1][1], after[1], t),
                1
              });
        }
      }
    }
    return line;
  }

  /** Catmull-Rom spline from b to c. */
  private static double curve(double a, double b, double c, double d, double t) {
    double m0 = (c - a) / 2;
    double m1 = (d - b) / 2;
    double t2 = t * t;
    double t3 = t2 * t;
    return (2 * t3 - 3 * t2 + 1) * b
        + (t3 - 2 * t2 + t) * m0
        + (3 * t2 - 2 * t3) * c
        + (t3 - t2) * m1;
  }

  /** A smooth random field moves neighbouring strokes together; then width, slant, rotation. */
  private static void bend(List<double[]> line, Draws draws) {
    double[][] waves = new double[4][];
    for (int i = 0; i < waves.length; i++) {
      waves[i] =
          new double[] {
            draws.uniform(-4, 4),
            draws.uniform(-4, 4),
            draws.uniform(0, 2 * Math.PI),
            0.025 * draws.gaussian(),
            0.025 * draws.gaussian()
          };
    }
    double narrow = Math.max(0.6, Math.min(1.25, 0.9 + 0.14 * draws.gaussian()));
    double slant = Math.max(-0.35, Math.min(0.65, 0.12 + 0.19 * draws.gaussian()));
    double angle = Math.max(-0.4, Math.min(0.4, 0.1 * draws.gaussian()));
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    for (double[] point : line) {
      double x = point[0];
      double y = point[1];
      for (double[] wave : waves) {
        double value = StrictMath.sin(wave[0] * point[0] + wave[1] * point[1] + wave[2]);
        x += wave[3] * value;
        y += wave[4] * value;
      }
      double slanted = narrow * (x - 0.5) - slant * (y - 0.5);
      point[0] = cos * slanted - sin * (y - 0.5);
      point[1] = sin * slanted + cos * (y - 0.5);
    }
  }

  /**
   * Scales to the body's size and centres the ink, as MNIST's makers did; then a small shift.
   *
   * @param margin from the lines to the edge of the paper
   */
  private static void place(
      List<double[]> line, Draws draws, double margin, int height, int width) {
    double[] min = {Double.MAX_VALUE, Double.MAX_VALUE};
    double[] max = {-Double.MAX_VALUE, -Double.MAX_VALUE};
    double[] centre = new double[2];
    double length = 0;
    for (int i = 0; i < line.size(); i++) {
      double[] point = line.get(i);
      for (int a = 0; a < 2; a++) {
        min[a] = Math.min(min[a], point[a]);
        max[a] = Math.max(max[a], point[a]);
      }
      if (point[2] == 1) {
        double[] last = line.get(i - 1);
        double step = distance(last[0], last[1], point[0], point[1]);
        centre[0] += step * (last[0] + point[0]) / 2;
        centre[1] += step * (last[1] + point[1]) / 2;
        length += step;
      }
    }
    double size = Math.min(height, width);
    double body = size * BODY * draws.uniform(0.82, 0.98);
    double scale = body / Math.max(max[0] - min[0], max[1] - min[1]);
    double[] middle = {width / 2.0, height / 2.0};
    double[] sides = {width, height};
    for (int a = 0; a < 2; a++) {
      double shift = middle[a] - scale * centre[a] / length + size / 28 * draws.uniform(-0.7, 0.7);
      shift = Math.max(margin - scale * min[a], shift);
      shift = Math.min(sides[a] - margin - scale * max[a], shift);
      for (double[] point : line) {
        point[a] = scale * point[a] + shift;
      }
    }
  }

  private static byte[] ink(
      List<double[]> line,
      double radius,
      double change,
      double phase,
      double edge,
      int height,
      int width) {
    // the signed distance of each pixel's centre from the inked area
    double[] outside = new double[height * width];
    Arrays.fill(outside, Double.MAX_VALUE);
    double reach = radius * (1 + change) + edge + 1;
    for (int i = 1; i < line.size(); i++) {
      double[] from = line.get(i - 1);
      double[] to = line.get(i);
      if (to[2] == 0) {
        continue;
      }
      double pen = radius * (1 + change * StrictMath.sin(phase + 2.5 * i / PIECES));
      int top = (int) Math.max(0, Math.min(from[1], to[1]) - reach);
      int bottom = (int) Math.min(height - 1, Math.max(from[1], to[1]) + reach);
      int left = (int) Math.max(0, Math.min(from[0], to[0]) - reach);
      int right = (int) Math.min(width - 1, Math.max(from[0], to[0]) + reach);
      double dx = to[0] - from[0];
      double dy = to[1] - from[1];
      double square = Math.max(1e-12, dx * dx + dy * dy);
      for (int y = top; y <= bottom; y++) {
        for (int x = left; x <= right; x++) {
          double px = x + 0.5 - from[0];
          double py = y + 0.5 - from[1];
          double t = Math.max(0, Math.min(1, (px * dx + py * dy) / square));
          double d = distance(px, py, t * dx, t * dy) - pen;
          int at = y * width + x;
          outside[at] = Math.min(outside[at], d);
        }
      }
    }
    byte[] pixels = new byte[height * width];
    for (int i = 0; i < pixels.length; i++) {
      double t = Math.max(0, Math.min(1, 0.5 - outside[i] / (2 * edge)));
      pixels[i] = (byte) Math.round(255 * t * t * (3 - 2 * t));
    }
    return pixels;
  }

  private static double distance(double x0, double y0, double x1, double y1) {
    return Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
  }
}
