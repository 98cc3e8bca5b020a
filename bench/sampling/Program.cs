using System.Diagnostics;
using System.Globalization;
using KernelFoundry;
using KernelFoundry.Kernels;
using KernelFoundry.Measurement;
using KernelFoundry.SamplingBenchmark;

// What a draw costs beside one read of the logits from memory: drawn normal logits, in so many buffers by turns that no cache holds the next.
//   dotnet run -c Release --project bench/sampling -- [VOCABULARY [DEVIATION [THREADS [ROUNDS]]]]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Buffers = 400;
int vocabulary = Argument(0, 151_936), deviation = Argument(1, 3), threads = Argument(2, 2), rounds = Argument(3, 20_000);
using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads });
var random = new Random(1);
float[] first = [.. Enumerable.Range(0, vocabulary).Select(_ => Normal() * deviation)];
View1<float>[] logits = [.. Enumerable.Range(0, Buffers).Select(i => device.Upload<float>([.. first[(i * 97 % vocabulary)..], .. first[..(i * 97 % vocabulary)]]))];
int groups = Ops.CeilDiv(vocabulary, Sampling.Group), blocks = Ops.CeilDiv(groups, Sampling.BlockGroups);
View1<float> maxima = device.Allocate<float>(groups + blocks);
View1<int> broken = device.Allocate<int>(blocks);
using var roof = new ReadBandwidth(device, Buffers * 4L * vocabulary);
roof.Measure();
using var workspace = new SamplingWorkspace(device, vocabulary);
View1<int> methods = device.Upload<int>([Truncation.TopK, Truncation.TopP, Truncation.MinP, 0]);
View1<float> amounts = device.Upload<float>([40, 0, 0.95f, 0, MathF.Log(0.05f), 0, 0, 0]);
View1<int> nucleus = device.Upload<int>([Truncation.TopP, 0]);
View1<float> share = device.Upload<float>([0.95f, 0, 0, 0]);
(string Name, Action<View1<float>, int> Run)[] ways =
[
    ("`Screen`, the one pass over all logits", (x, _) => Sampling.Screen(device, x, maxima, broken, new TemperatureProcessor(0.8f))),
    ("temperature, top-k 40, top-p 0.95, min-p 0.05", (x, i) => Draw(x, new ChainProgram(methods, amounts, 3), i, 1)),
    ("the same, fixed at compile time", (x, i) => Draw(x, default(UsualChain), i, 1)),
    ("temperature, top-k 40", (x, i) => Draw(x, new ChainProgram(methods, amounts, 1), i, 1)),
    ("greedy", (x, i) => Draw(x, new ChainProgram(methods, amounts, 0), i, 0)),
    ("temperature, top-p 0.95", (x, i) => Draw(x, new ChainProgram(nucleus, share, 1), i, 1)),
    ("temperature", (x, i) => Draw(x, new ChainProgram(methods, amounts, 0), i, 1)),
];
var times = ways.Select(_ => new List<double>(rounds)).ToArray();
const int Slow = 5, SlowRounds = 20;
Span<int> token = stackalloc int[1];

// The first thousands of rounds are compiled to less than the last: what launches is compiled again once it has run for a while. The slow ways come after, and
// less often.
int slowRounds = Math.Max(rounds / SlowRounds, 2);
for (int round = 0, turn = 0; round < rounds + slowRounds; round++)
{
    // Threads go to sleep while one is busy for long, so that the slow ways would slow the next one: they have rounds of their own.
    for (int way = round < rounds ? 0 : Slow; way < (round < rounds ? Slow : ways.Length); way++)
    {
        View1<float> x = logits[turn++ % Buffers];
        long start = Stopwatch.GetTimestamp();
        ways[way].Run(x, round);
        if (way > 0)
            workspace.Read(token);
        else
            device.Synchronize();
        times[way].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }
}

roof.Measure();
double read = vocabulary * 4 / roof.Best * 1e6;
Console.WriteLine($"{vocabulary} logits of deviation {deviation}, {threads} threads, medians of the last half of {rounds} rounds, {slowRounds} for the last two. Memory reads at {roof.Best / 1e9:F1} GB/s, the logits in {read:F1} us");
Console.WriteLine("| | us | reads |\n|---|--:|--:|");
for (int way = 0; way < ways.Length; way++)
    Console.WriteLine($"| {ways[way].Name} | {Median(times[way]):F1} | {Median(times[way]) / read:F2} |");

void Draw<TChain>(View1<float> x, TChain chain, int step, float noise)
    where TChain : struct, ITruncationChain<TChain> => workspace.Draw(x, new TemperatureProcessor(0.8f), chain, 1, (uint)step, noise);

int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index]) : otherwise;

double Median(List<double> all) => Summary.Of([.. all.Skip(all.Count / 2)]).Median;

float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
