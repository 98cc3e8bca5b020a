using System.Diagnostics;
using System.Globalization;
using KernelFoundry;
using KernelFoundry.Kernels;
using KernelFoundry.LossBenchmark;

// The loss over a vocabulary and its gradients, one way a process, so that its peak memory is its own; on drawn logits, or on those of a trained model:
//   dotnet run -c Release --project bench/loss -- plain|cut|filtered VOCABULARY TOKENS COLUMNS THREADS flat|peaked
//   dotnet run -c Release --project bench/loss -- plain|cut|filtered MODEL.gguf TOKENS DATA.jsonl THREADS
const float Threshold = 1f / 4096;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string kind = args[0];
int threads = int.Parse(args[4]);
using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads });
LossCase c = args[1].EndsWith(".gguf", StringComparison.Ordinal)
    ? LossCase.Read(args[1], args[3], int.Parse(args[2]), device)
    : LossCase.Draw(int.Parse(args[1]), int.Parse(args[2]), int.Parse(args[3]), args[5] == "peaked");
(int vocabulary, int tokens, int cols) = (c.Vocabulary, c.Tokens, c.Columns);
View2<float> w = device.Upload<float>(c.Head, vocabulary, cols), x = device.Upload<float>(c.Activations, tokens, cols);
View2<float> dw = device.Allocate<float>(vocabulary, cols), dx = device.Allocate<float>(tokens, cols);
View1<int> labels = device.Upload<int>(c.Labels);
View1<float> loss = device.Allocate<float>(tokens), lse = device.Allocate<float>(tokens);
View1<float> dLoss = device.Upload<float>([.. Enumerable.Repeat(1f / tokens, tokens)]);
long before = PeakBytes();
double seconds = double.PositiveInfinity;
for (int round = 0; round < 3; round++)
{
    Elementwise.Fill(device, dw, 0f);
    Elementwise.Fill(device, dx, 0f);
    device.Synchronize();
    long start = Stopwatch.GetTimestamp();
    if (kind == "plain")
        Plain();
    else
        Cut(kind == "filtered" ? Threshold : 0f);
    device.Synchronize();
    seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
}

double products = 2.0 * vocabulary * tokens * cols, memory = (PeakBytes() - before) / 1e6;
Console.WriteLine($"{string.Join(' ', args)}: {seconds * 1e3:F0} ms, {products * 3 / seconds / 1e9:F0} GFLOP/s of the three products, {memory:F0} MB more than before, "
    + $"mean loss {loss.ToArray().Average():F5}, |dx| {Norm(dx.ToArray()):E5}, |dw| {Norm(dw.ToArray()):E5}");
if (kind != "filtered")
    return;

float[] foundX = dx.ToArray(), foundW = dw.ToArray();
Elementwise.Fill(device, dw, 0f);
Elementwise.Fill(device, dx, 0f);
Cut(0f);
Console.WriteLine($"  off the exact gradients by {Distance(dx.ToArray(), foundX):E2} and {Distance(dw.ToArray(), foundW):E2} of their norms");

void Plain()
{
    View2<float> logits = device.Allocate<float>(tokens, vocabulary);
    Linear.MatMul(device, w, x, logits, default(NoEpilogue));
    Loss.CrossEntropy(device, logits, labels, loss, lse);
    Loss.CrossEntropyBackward(device, logits, labels, lse, dLoss, logits);
    Linear.MatMulBackwardX(device, w, logits, dx);
    Linear.MatMulBackwardW(device, x, logits, dw);
    device.Synchronize();
    logits.Memory!.Dispose();
}

void Cut(float threshold)
{
    Loss.CutCrossEntropy(device, x, w, labels, loss, lse);
    Loss.CutCrossEntropyBackwardX(device, x, w, labels, lse, dLoss, dx, threshold);
    Loss.CutCrossEntropyBackwardW(device, x, w, labels, lse, dLoss, dw, threshold);
}

static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));

static double Distance(float[] expected, float[] found) => Norm([.. expected.Zip(found, (a, b) => a - b)]) / Norm(expected);

static long PeakBytes()
{
    foreach (string line in File.ReadLines("/proc/self/status"))
    {
        if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            return long.Parse(line.AsSpan(6, line.Length - 9).Trim()) * 1024;
    }

    return Process.GetCurrentProcess().PeakWorkingSet64;
}
