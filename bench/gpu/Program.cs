using KernelFoundry;
using KernelFoundry.Gpu;
using KernelFoundry.Testing.Emulation;

// Exit codes: 0 done, 1 something is wrong with a kernel or a measurement, 2 wrong usage, 3 no CUDA device. What is wrong is in the report.
const string Usage = """
    kf-gpu device|shapes|check|bench|generate|report FOLDER [--emulated] [--quick] [--kernel NAME] [--model FILE] [--tokens N]

      device    says which CUDA device there is                     -> FOLDER/device.json
      shapes    says which shapes are measured                      -> FOLDER/shapes.json
      check     runs the test cases of every kernel on the device   -> FOLDER/check.json
      bench     measures kernels beside the device's copy bandwidth -> FOLDER/bench.json
      generate  generates text with a model                         -> FOLDER/generate.json
      report    writes all of these, and peers.json, as one         -> FOLDER/report.json, FOLDER/report.md

    --emulated uses the emulated device: for trying the commands, its times say nothing. --quick takes small shapes.
    """;

if (args.Length < 2 || args[1].StartsWith('-'))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var options = new GpuOptions(args[2..]);
if (options.Unknown is { } unknown)
{
    Console.Error.WriteLine($"kf-gpu: {unknown}\n\n{Usage}");
    return 2;
}

string folder = args[1];
Directory.CreateDirectory(folder);
switch (args[0])
{
    case "shapes":
        Json.Write(Path.Combine(folder, "shapes.json"), GpuShapes.All(options.IsQuick).Select(shape => shape.ToOutput()).ToArray());
        return 0;
    case "report":
        Report.Write(folder);
        return 0;
    case not ("device" or "check" or "bench" or "generate"):
        Console.Error.WriteLine(Usage);
        return 2;
}

DeviceInfo? found = Device.Enumerate().FirstOrDefault(info => info is { Kind: DeviceKind.Cuda, IsAvailable: true });
if (found is null && !options.IsEmulated)
{
    Console.Error.WriteLine("kf-gpu: there is no CUDA device here. Found:");
    foreach (DeviceInfo info in Device.Enumerate())
        Console.Error.WriteLine($"  {info}");
    return 3;
}

using Device device = options.IsEmulated ? EmulatedCuda.Open() : Device.Open(new DeviceOptions { Kind = DeviceKind.Cuda });
switch (args[0])
{
    case "device":
        Json.Write(Path.Combine(folder, "device.json"), DeviceOutput.Of(device));
        Console.WriteLine(device.Info);
        return 0;
    case "check":
        CheckOutput checks = KernelChecks.Run(device, options.Kernel);
        Json.Write(Path.Combine(folder, "check.json"), checks);
        return checks.Failed == 0 && checks.Passed > 0 ? 0 : 1;
    case "bench":
        BenchOutput bench = KernelMeasurements.Run(device, options);
        Json.Write(Path.Combine(folder, "bench.json"), bench);
        return bench.Kernels.Count > 0 && bench.Kernels.All(kernel => kernel.Error is null) ? 0 : 1;
    default:
        if (options.Model is null)
        {
            Console.Error.WriteLine("kf-gpu: generate needs --model FILE");
            return 2;
        }

        Json.Write(Path.Combine(folder, "generate.json"), await Generation.RunAsync(device, options.Model, options.Tokens));
        return 0;
}
