using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Cli.Commands;

/// <summary>A model's card as <c>kf inspect</c> prints it. A file that is no model that can be run has none, and says why.</summary>
internal sealed class ModelCardText
{
    private const double Mebi = 1 << 20;
    private readonly string _why = "";
    private readonly ModelCard? _card;
    private readonly ModelMemory? _memory;
    private readonly int _context;
    private readonly string _tokenizer = "";
    private readonly IReadOnlyCollection<string> _templates = [];

    private ModelCardText(GgufFile file, ModelOptions options, int? context)
    {
        try
        {
            ModelCard card = ModelCard.Read(file, DeviceKind.Cpu, options);
            _context = context ?? card.Configuration.ContextLength;
            if (_context > card.Configuration.ContextLength)
                throw new UsageException($"--context is {_context}; the model's context is {card.Configuration.ContextLength}.");
            _memory = ModelMemory.Of(file, card.Configuration, _context, options);
            _card = card;
            _templates = ChatTemplates.Read(file, new ChatTokens()).Names;
            _tokenizer = Describe(TokenizerFactory.Create(file), file);
        }
        catch (InvalidModelException error)
        {
            _why = error.Message;
        }
    }

    public static ModelCardText Read(GgufFile file, ModelOptions options, int? context) => new(file, options, context);

    public ModelCardOutput? Json() => _card is not { Configuration: var m } card || _memory is not { } memory ? null : new ModelCardOutput(
        m.Architecture.Name, m.Layers, m.EmbeddingLength, m.Heads, m.KeyValueHeads, m.HeadDim, m.FeedForwardLength, m.VocabularySize, m.ContextLength,
        card.Parameters, card.BitsPerParameter, _tokenizer, [.. _templates], _context, memory.Weights, memory.Cache, memory.Activations);

    public void Print()
    {
        if (_card is not { Configuration: var m } card || _memory is not { } memory)
        {
            Console.Out.WriteLine($"No model to run: {_why}");
            return;
        }

        Line($"architecture  {Choices(m.Architecture)}");
        Line($"sizes         {m.Layers} layers of {m.EmbeddingLength}, {m.Heads} heads of {m.HeadDim} ({m.KeyValueHeads} of keys and values), feed-forward {m.FeedForwardLength}");
        if (m.Experts is { } experts)
            Line($"experts       {experts.Used} of {experts.Count} a token, of {experts.FeedForwardLength}{(experts.SharedLength > 0 ? $", shared ones of {experts.SharedLength}" : "")}{(experts.LeadingDense > 0 ? $"; none in the first {experts.LeadingDense} layers" : "")}");
        if (m.Latent is { } latent)
            Line($"latent        keys and values of all heads are made of {latent.KeyValueRank} elements a position, keys of {latent.PlainDims} and {m.RotaryDims} turned ones, values of {latent.ValueDims}");
        Line($"parameters    {card.Parameters} in {card.BitsPerParameter:F2} bits each");
        Line($"tokenizer     {(_tokenizer.Length > 0 ? _tokenizer : _why)}");
        Line($"templates     {(_templates.Count > 0 ? string.Join(", ", _templates) : "none")}");
        Line($"memory        {memory.Total / Mebi:F1} MiB at {_context} of {m.ContextLength} tokens: weights {memory.Weights / Mebi:F1}, keys and values {memory.Cache / Mebi:F1}, activations {memory.Activations / Mebi:F1}");
        Console.Out.WriteLine();
        var types = new TextTable("type", " tensors", " parameters", " MiB");
        foreach (ModelCard.TypeShare type in card.Types)
            types.Add($"{type.Type}", $"{type.Tensors}", $"{type.Elements}", (type.Bytes / Mebi).ToString("F1", CultureInfo.InvariantCulture));
        types.Print();
        Console.Out.WriteLine();
        var kernels = new TextTable("work on the cpu device", "prefill", "decode");
        foreach (ModelCard.KernelUse use in card.Kernels)
            kernels.Add(use.Work, use.Prefill, use.Decode);
        kernels.Print();
    }

    private static string Describe(Tokenizer tokenizer, GgufFile file)
    {
        string pre = file.Metadata.TryGetString("tokenizer.ggml.pre", out string? name) ? $" ({new string([.. name.Select(c => char.IsControl(c) ? '?' : c)])})" : "";
        string ends = string.Join("", new[] { ("begin", tokenizer.BosId), ("end", tokenizer.EosId) }.Where(end => end.Item2 is not null).Select(end => $", {end.Item1} {end.Item2}"));
        return $"{tokenizer.Kind}{pre}, {tokenizer.VocabularySize} tokens{ends}";
    }

    // The record's own text without the names of tensors, which are long and follow from the list below.
    private static string Choices(ModelArchitecture architecture)
    {
        string text = architecture.ToString();
        int start = text.IndexOf('{', StringComparison.Ordinal) + 1, end = text.IndexOf(", Tensors =", StringComparison.Ordinal);
        return text[start..(end < 0 ? text.Length - 1 : end)].Trim();
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
