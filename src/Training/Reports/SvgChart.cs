using System.Globalization;
using System.Text;

namespace KernelFoundry.Training.Reports;

/// <summary>Curves as SVG, with axes, and nothing that has to be loaded.</summary>
internal static class SvgChart
{
    private const int Width = 760;
    private const int Height = 300;
    private const int Left = 64;
    private const int Bottom = 36;
    private const int Top = 16;
    private const int Right = 16;
    private const int Ticks = 5;

    /// <summary>Draws curves over one pair of axes.</summary>
    /// <param name="title">What the values are.</param>
    /// <param name="curves">Their names, colors and points; empty ones are left out.</param>
    /// <returns>An svg element.</returns>
    public static string Draw(string title, params ReadOnlySpan<(string Name, string Color, CurvePoint[] Points)> curves)
    {
        var text = new StringBuilder();
        double minX = double.MaxValue, maxX = double.MinValue, minY = double.MaxValue, maxY = double.MinValue;
        foreach ((_, _, CurvePoint[] points) in curves)
        {
            foreach (CurvePoint point in points)
            {
                (minX, maxX) = (Math.Min(minX, point.X), Math.Max(maxX, point.X));
                (minY, maxY) = (Math.Min(minY, point.Y), Math.Max(maxY, point.Y));
            }
        }

        if (minX > maxX)
            return "";
        maxX = Math.Max(maxX, minX + 1);
        maxY = Math.Max(maxY, minY + 1e-12);
        double X(double x) => Left + ((x - minX) / (maxX - minX) * (Width - Left - Right));
        double Y(double y) => Height - Bottom - ((y - minY) / (maxY - minY) * (Height - Bottom - Top));
        Append($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\">");
        for (int i = 0; i <= Ticks; i++)
        {
            double x = minX + ((maxX - minX) * i / Ticks), y = minY + ((maxY - minY) * i / Ticks);
            Append($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):F1}\" y2=\"{Y(y):F1}\" class=\"grid\"/>");
            Append($"<text x=\"{Left - 6}\" y=\"{Y(y) + 4:F1}\" text-anchor=\"end\">{y:G3}</text>");
            Append($"<text x=\"{X(x):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{x:F0}</text>");
        }

        int legend = Left + 8;
        foreach ((string name, string color, CurvePoint[] points) in curves)
        {
            if (points.Length == 0)
                continue;
            string path = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            Append($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>");
            Append($"<text x=\"{legend}\" y=\"{Top + 10}\" style=\"fill:{color}\">{name}</text>");
            legend += 10 + (8 * name.Length);
        }

        return text.Append("</svg>").ToString();

        void Append(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
