using System.Diagnostics;
using System.Globalization;
using KernelFoundry;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Measurement;
using KernelFoundry.Training;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;
using KernelFoundry.TrainingBenchmark;

// A training's steps beside the processor's peak, and where their time goes; or, for bench/peers/training.sh, the first weights to a file and the steps as JSON:
//   dotnet run -c Release --project bench/training -- CONFIG TOKENIZER.gguf DATA.jsonl STEPS THREADS [WEIGHTS.gguf]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int count = int.Parse(args[3]), threads = int.Parse(args[4]);
TrainingOptions options = TrainingOptionsFile.Read(args[0]);
using GgufFile file = GgufFile.Open(args[1]);
Tokenizer tokenizer = TokenizerFactory.Create(file);
TokenizedDocuments documents = TokenizedDocuments.Read([args[2]], tokenizer, options.ParsesSpecialTokens);
using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads });
using Trainer trainer = Trainer.Create(device, options, documents, tokenizer);
if (args.Length > 5)
    trainer.Export(args[5]);

double before = FmaPeak.Measure(threads);
Steps steps = Steps.Run(trainer, count);
double after = FmaPeak.Measure(threads), peak = Math.Max(before, after), tokens = options.Batch.Tokens / steps.MedianSeconds;
if (args.Length > 5)
{
    Console.WriteLine($"{{\"tokens_per_second\": {tokens:F0}, \"share\": {steps.MedianRate / peak:F4}, \"losses\": [{string.Join(", ", steps.Losses.Select(loss => loss.ToString("R")))}]}}");
    return;
}

Console.WriteLine($"{count} steps of {options.Batch.Tokens} tokens: median {steps.MedianSeconds * 1e3:F0} ms ({steps.Seconds[0] * 1e3:F0} to {steps.Seconds[^1] * 1e3:F0}), {tokens:F0} tokens/s");
Console.WriteLine($"{steps.MedianRate / 1e9:F1} GFLOP/s, {steps.MedianRate / peak:P1} of the multiply-add peak of {peak / 1e9:F0} GFLOP/s (before {before / 1e9:F0}, after {after / 1e9:F0})");

// Another trainer, whose device keeps a log; the first step allocates.
var log = new LastLine();
using Device logged = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads, LaunchLog = log });
using Trainer traced = Trainer.Create(logged, options, documents, tokenizer);
traced.Learn();
using var times = new LaunchTimes(log);
double operations = traced.Operations;
long started = Stopwatch.GetTimestamp();
traced.Learn();
double whole = Stopwatch.GetElapsedTime(started).TotalSeconds;

// What is left of a step's operations without the products with matrices is attention's seven products.
double matrices = 6.0 * options.Batch.Tokens * trainer.Model.EmbeddingLength
    * ((((2.0 * trainer.Model.QueryLength) + (2.0 * trainer.Model.KeyValueLength) + (3.0 * trainer.Model.FeedForwardLength)) * trainer.Model.Layers) + trainer.Model.VocabularySize);
double attention = (traced.Operations - operations - matrices) / (7.0 * times.Count("PackedAttention"));
Console.WriteLine($"\nA traced step: {whole * 1e3:F0} ms, of which launches {times.ByLaunch.Values.Sum(t => t.Seconds) * 1e3:F0} ms.\n");
Console.WriteLine("| launch | times | ms | share | GFLOP/s | of peak | GB/s |\n|---|--:|--:|--:|--:|--:|--:|");
foreach ((string launch, LaunchTime time) in times.ByLaunch.OrderByDescending(pair => pair.Value.Seconds))
{
    LaunchWork work = LaunchWork.Of(launch, attention);
    double rate = work.Operations * time.Count / time.Seconds;
    Console.WriteLine(work.Operations > 0
        ? $"| {launch} | {time.Count} | {time.Seconds * 1e3:F1} | {time.Seconds / whole:P1} | {rate / 1e9:F0} | {rate / peak:P0} | |"
        : $"| {launch} | {time.Count} | {time.Seconds * 1e3:F1} | {time.Seconds / whole:P1} | | | {work.Bytes * time.Count / time.Seconds / 1e9:F0} |");
}
