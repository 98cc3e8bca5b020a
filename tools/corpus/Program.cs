using System.Globalization;
using KernelFoundry.Corpus;

// corpus FOLDER [--seed N] [--megabytes N] [--tasks N]
const string usage = "usage: corpus FOLDER [--seed N] [--megabytes N] [--tasks N]";
ulong seed = 1;
int megabytes = 40, tasks = 500;
string? folder = null;
for (int i = 0; i < args.Length; i++)
{
    if (!args[i].StartsWith('-') && folder is null)
    {
        folder = args[i];
        continue;
    }

    if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value == 0)
        return Fail($"'{args[i]}' needs a whole number above 0. {usage}");
    switch (args[i++])
    {
        case "--seed": seed = (ulong)value; break;
        case "--megabytes": megabytes = value; break;
        case "--tasks": tasks = value; break;
        default: return Fail($"'{args[i - 1]}' is no option. {usage}");
    }
}

if (folder is null)
    return Fail(usage);
Directory.CreateDirectory(folder);
foreach ((CorpusSplit split, long bytes) in new[]
    { (CorpusSplit.Train, megabytes * 1_000_000L), (CorpusSplit.Validation, megabytes * 10_000L), (CorpusSplit.Test, megabytes * 10_000L) })
{
    string path = Path.Combine(folder, $"{split.ToString().ToLowerInvariant()}.jsonl");
    using FileStream stream = File.Create(path);
    foreach ((string kind, (long documents, long length)) in CorpusWriter.Write(stream, seed, split, bytes))
        Console.WriteLine($"{path} {kind} {documents} documents {length} bytes");
}

// A tenth of the texts tells what words there are.
using (FileStream stream = File.Create(Path.Combine(folder, "tokenizer.txt")))
    CorpusWriter.WriteText(stream, seed, megabytes * 100_000L);

foreach (string task in TaskWriter.Names)
{
    using FileStream stream = File.Create(Path.Combine(folder, $"task-{task}.jsonl"));
    CorpusWriter.WriteTasks(stream, seed, task, tasks);
}

return 0;

static int Fail(string message)
{
    Console.Error.WriteLine($"corpus: {message}");
    return 2;
}
