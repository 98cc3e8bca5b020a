using System.Globalization;
using System.Net;
using System.Text;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training.Reports;

/// <summary>A training as one HTML page that loads nothing: curves, measurements, scores, and the options to do it again.</summary>
public static class HtmlReport
{
    private const int Points = 600;

    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;max-width:820px;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
        svg{width:100%;height:auto}svg text{font-size:12px;fill:#555}.grid{stroke:#ddd}
        table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}pre{background:#f5f5f5;padding:1rem;overflow:auto}
        """;

    /// <summary>Writes the page; it is there whole or not at all.</summary>
    /// <param name="trainer">The training.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(Trainer trainer, string path)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        byte[] page = Encoding.UTF8.GetBytes(Render(trainer));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page.</summary>
    /// <param name="trainer">The training.</param>
    /// <returns>HTML.</returns>
    public static string Render(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        string name = WebUtility.HtmlEncode(trainer.Options.Model?.Name ?? "adapter");
        var page = new StringBuilder();
        page.AppendLine("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        page.AppendLine(CultureInfo.InvariantCulture, $"<title>{name}: training</title><style>{Style}</style></head><body><h1>{name}</h1>");
        page.AppendLine(CultureInfo.InvariantCulture,
            $"<p>{trainer.LearningWeights:N0} weights learned from {trainer.Tokens:N0} tokens in {trainer.Step:N0} of {trainer.Options.Steps:N0} steps and {trainer.Time.TotalMinutes:F1} minutes.</p>");
        Chart(page, "Loss, nats a token", SvgChart.Draw("Loss",
            ("training", "#1f77b4", Curves.Means(trainer.Steps, step => step.Loss, Points)), ("held out", "#d62728", Curves.HeldOut(trainer.Evaluations))));
        Chart(page, "Learning rate", SvgChart.Draw("Learning rate", ("learning rate", "#2ca02c", Curves.Means(trainer.Steps, step => step.LearningRate, Points))));
        Chart(page, "Norm of the gradient", SvgChart.Draw("Gradient norm", ("norm", "#9467bd", Curves.Means(trainer.Steps, step => step.GradientNorm, Points))));
        AppendEvaluations(page, trainer.Evaluations);
        string options = WebUtility.HtmlEncode(TrainingOptionsFile.Format(trainer.Options, isIndented: true));
        page.AppendLine(CultureInfo.InvariantCulture, $"<h2>Options</h2><pre>{options}</pre></body></html>");
        return page.ToString();
    }

    private static void Chart(StringBuilder page, string title, string svg)
    {
        if (svg.Length > 0)
            page.AppendLine(CultureInfo.InvariantCulture, $"<h2>{title}</h2>{svg}");
    }

    private static void AppendEvaluations(StringBuilder page, IReadOnlyList<EvaluationResult> measurements)
    {
        if (measurements.Count == 0)
            return;
        string[] tasks = [.. measurements.SelectMany(m => m.Scores).Select(score => score.Task).Distinct()];
        page.Append("<h2>Evaluations</h2><table><tr><th>step</th><th>held-out loss</th><th>perplexity</th>");
        foreach (string task in tasks)
            page.Append(CultureInfo.InvariantCulture, $"<th>{WebUtility.HtmlEncode(task)}</th>");
        page.AppendLine("</tr>");
        foreach (EvaluationResult measurement in measurements)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{measurement.Step}</td><td>{measurement.HeldOutLoss:F4}</td><td>{Perplexity(measurement):F2}</td>");
            foreach (string task in tasks)
            {
                TaskScore? score = measurement.Scores.FirstOrDefault(each => each.Task == task);
                page.Append(score is null ? "<td></td>" : string.Create(CultureInfo.InvariantCulture, $"<td>{score.Right} of {score.Questions}</td>"));
            }

            page.AppendLine("</tr>");
        }

        page.AppendLine("</table>");
    }

    private static double? Perplexity(EvaluationResult measurement) => measurement.HeldOutLoss is { } loss ? Math.Exp(loss) : null;
}
