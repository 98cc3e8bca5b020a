using System.Diagnostics;
using System.Globalization;
using KernelFoundry;
using KernelFoundry.Kernels;

// The loss over a vocabulary and its gradients, one way a process, so that its peak memory is its own:
//   dotnet run -c Release --project bench/loss -- plain|cut|filtered vocabulary tokens cols threads flat|peaked
// A row of x is a multiple of its label's row of the head, and noise. Flat: logits of labels up to 18 among others of deviation 2.7, an untrained model's
// loss. Peaked: up to 30 among others of deviation 0.5.
string kind = args[0];
(float noise, float peak) = args[5] == "peaked" ? (0.1f, 30f) : (0.5f, 12f);
int vocabulary = Number(1), tokens = Number(2), cols = Number(3), threads = Number(4);
using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads });
var random = new Random(1);
View2<float> w = device.Allocate<float>(vocabulary, cols), x = device.Allocate<float>(tokens, cols);
View2<float> dw = device.Allocate<float>(vocabulary, cols), dx = device.Allocate<float>(tokens, cols);
View1<int> labels = device.Allocate<int>(tokens);
View1<float> loss = device.Allocate<float>(tokens), lse = device.Allocate<float>(tokens), dLoss = device.Allocate<float>(tokens);
Fill();
long before = PeakBytes();
double seconds = double.PositiveInfinity;
for (int round = 0; round < 3; round++)
{
    dw.CopyFrom(new float[(long)vocabulary * cols]);
    dx.CopyFrom(new float[tokens * cols]);
    long start = Stopwatch.GetTimestamp();
    Step();
    device.Synchronize();
    seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
}

double products = 2.0 * vocabulary * tokens * cols;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{kind} vocabulary={vocabulary} tokens={tokens} cols={cols} threads={threads} {args[5]}: {seconds * 1e3:F0} ms, {products * 3 / seconds / 1e9:F0} GFLOP/s of the three products, "
    + $"{(PeakBytes() - before) / 1e6:F0} MB more than before, mean loss {loss.ToArray().Average():F5}, |dx| {Norm(dx):E5}, |dw| {Norm(dw):E5}"));

void Step()
{
    if (kind == "plain")
    {
        View2<float> logits = device.Allocate<float>(tokens, vocabulary);
        Linear.MatMul(device, w, x, logits, default(NoEpilogue));
        Loss.CrossEntropy(device, logits, labels, loss, lse);
        Loss.CrossEntropyBackward(device, logits, labels, lse, dLoss, logits);
        Linear.MatMulBackwardX(device, w, logits, dx);
        Linear.MatMulBackwardW(device, x, logits, dw);
        device.Synchronize();
        logits.Memory!.Dispose();
        return;
    }

    float threshold = kind == "filtered" ? 1f / 4096 : 0f;
    Loss.CutCrossEntropy(device, x, w, labels, loss, lse);
    Loss.CutCrossEntropyBackwardX(device, x, w, labels, lse, dLoss, dx, threshold);
    Loss.CutCrossEntropyBackwardW(device, x, w, labels, lse, dLoss, dw, threshold);
}

void Fill()
{
    float[] head = Numbers((long)vocabulary * cols), activations = Numbers(tokens * cols);
    int[] words = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(vocabulary))];
    for (int t = 0; t < tokens; t++)
    {
        float certainty = peak * 3 / cols * random.NextSingle();
        for (int c = 0; c < cols; c++)
            activations[(t * cols) + c] = (activations[(t * cols) + c] * noise) + (head[((long)words[t] * cols) + c] * certainty);
    }

    w.CopyFrom(head);
    x.CopyFrom(activations);
    labels.CopyFrom(words);
    dLoss.CopyFrom([.. Enumerable.Repeat(1f / tokens, tokens)]);
}

float[] Numbers(long count)
{
    var values = new float[count];
    for (long i = 0; i < count; i++)
        values[i] = (random.NextSingle() * 2) - 1;
    return values;
}

static double Norm(View2<float> view) => Math.Sqrt(view.ToArray().Sum(v => (double)v * v));

static long PeakBytes()
{
    foreach (string line in File.ReadLines("/proc/self/status"))
    {
        if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            return long.Parse(line.AsSpan(6, line.Length - 9).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    return Process.GetCurrentProcess().PeakWorkingSet64;
}

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
