using System.Globalization;
using System.Text;
using KernelFoundry.Training.Checkpoints;

namespace KernelFoundry.Training.Reports;

/// <summary>A loss curve in characters, for a terminal.</summary>
public static class TextChart
{
    private const string Eighths = " ▁▂▃▄▅▆▇█";

    /// <summary>Draws the training loss: columns of blocks, the largest mean at the top.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="width">Columns of the curve.</param>
    /// <param name="height">Lines.</param>
    /// <returns>The lines, each with the loss that its top stands for; none without steps.</returns>
    public static IReadOnlyList<string> Draw(IReadOnlyList<TrainingStep> steps, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(steps);
        CurvePoint[] points = Curves.Means(steps, step => step.Loss, width);
        if (points.Length == 0)
            return [];
        double low = points.Min(point => point.Y), high = Math.Max(points.Max(point => point.Y), low + 1e-9);
        var lines = new string[height];
        for (int row = 0; row < height; row++)
        {
            // The lowest point is a sliver, not nothing.
            double floor = height - 1 - row;
            var line = new StringBuilder();
            line.Append(string.Create(CultureInfo.InvariantCulture, $"{low + ((high - low) * (floor + 1) / height),8:F3} "));
            foreach (CurvePoint point in points)
            {
                double filled = Math.Max((point.Y - low) / (high - low) * height, 0.125) - floor;
                line.Append(Eighths[(int)Math.Clamp(Math.Round(filled * 8), 0, 8)]);
            }

            lines[row] = line.ToString();
        }

        return lines;
    }
}
