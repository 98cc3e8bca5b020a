using KernelFoundry.Corpus;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Training;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Schedules;
using TrainingOptions = KernelFoundry.Training.Configuration.TrainingOptions;

namespace KernelFoundry.Training.Tests;

/// <summary>A model, a tokenizer and documents that are small enough to train in a test.</summary>
internal static class Tiny
{
    private static readonly Lazy<Tokenizer> s_tokenizer = new(() => BpeTrainer.Train(
        Texts(CorpusSplit.Train, 400).Select(text => text.Replace(Chat.End, "", StringComparison.Ordinal)),
        new BpeTrainingOptions
        {
            VocabularySize = 512,
            PreTokenizer = "qwen2",
            SpecialTokens = Chat.ControlTokens,
            BosToken = Chat.Begin,
        }));

    public static Tokenizer Tokenizer => s_tokenizer.Value;

    public static TrainingOptions Options { get; } = new()
    {
        Model = new ModelShape { Name = "tiny", Layers = 2, EmbeddingLength = 32, FeedForwardLength = 48, Heads = 4, KeyValueHeads = 2, ContextLength = 96 },
        Steps = 12,
        Seed = 3,
        Batch = new BatchOptions { Tokens = 160 },
        Schedule = new ConstantSchedule { Peak = 3e-3, WarmUpSteps = 2 },
        ParsesSpecialTokens = true,
    };

    public static TokenizedDocuments Documents { get; } = Encode(CorpusSplit.Train, 200);

    public static TokenizedDocuments HeldOut { get; } = Encode(CorpusSplit.Validation, 20);

    public static Device Cpu(int threads = 2) => Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads });

    public static Trainer Train(Device device, TrainingOptions options, int steps)
    {
        Trainer trainer = Trainer.Create(device, options, Documents, Tokenizer);
        for (int i = 0; i < steps; i++)
            trainer.Learn();
        return trainer;
    }

    public static IEnumerable<string> Texts(CorpusSplit split, int count) => Enumerable.Range(0, count).Select(i => DocumentKinds.Draw(5, split, i).Text);

    private static TokenizedDocuments Encode(CorpusSplit split, int count) => TokenizedDocuments.FromTexts(Texts(split, count), Tokenizer, parseSpecial: true);
}
