using System.CommandLine;
using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf embed</c>: the vectors of texts, and how near they are to each other.</summary>
internal static class EmbedCommand
{
    private static readonly Dictionary<string, EmbeddingPooling?> s_poolings = new()
    {
        ["auto"] = null,
        ["mean"] = EmbeddingPooling.Mean,
        ["first"] = EmbeddingPooling.First,
        ["last"] = EmbeddingPooling.Last,
        ["max"] = EmbeddingPooling.Max,
        ["weighted-mean"] = EmbeddingPooling.WeightedMean,
    };

    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string[]> s_text = new("--text") { Description = "A text; may be given several times.", Required = true, HelpName = "TEXT" };
    private static readonly Option<string> s_pooling = new("--pooling")
    {
        Description = "How the tokens' states become one vector; auto is what the model's file says, or their mean.",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string> s_device = CommonOptions.Device();
    private static readonly Option<int?> s_threads = CommonOptions.Threads();
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        s_pooling.AcceptOnlyFromAmong([.. s_poolings.Keys]);
        var command = new Command("embed", "Print the vector of a text, or of several with their cosines.") { s_model, s_text, s_pooling, s_device, s_threads, s_json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using Device device = Opening.Device(parsed.GetRequiredValue(s_device), parsed.GetValue(s_threads));
        using LanguageModel model = Opening.Model(parsed.GetRequiredValue(s_model), device, new ModelOptions());
        using var embedder = new TextEmbedder(model, s_poolings[parsed.GetRequiredValue(s_pooling)]);
        string[] texts = parsed.GetRequiredValue(s_text);
        float[][] vectors = await Task.Run(() => UsageException.Check(() => texts.Select(text => embedder.Embed(text, cancellationToken)).ToArray()), cancellationToken);
        double[][] cosines = [.. vectors.Select(x => vectors.Select(y => x.Zip(y, (a, b) => (double)a * b).Sum()).ToArray())];
        if (parsed.GetValue(s_json))
        {
            KfJson.Print(new EmbedOutput($"{embedder.Pooling}".ToLowerInvariant(), embedder.Length, vectors, cosines), context => context.EmbedOutput);
            return ExitCode.Done;
        }

        foreach (float[] vector in vectors)
            Console.Out.WriteLine(string.Join(' ', vector.Select(x => x.ToString("G6", CultureInfo.InvariantCulture))));
        if (vectors.Length > 1)
        {
            foreach (double[] row in cosines)
                Console.Error.WriteLine(string.Join(' ', row.Select(x => x.ToString("F4", CultureInfo.InvariantCulture))));
        }

        return ExitCode.Done;
    }
}
