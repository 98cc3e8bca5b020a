using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Cli.Commands;

/// <summary>Opens what the command line names.</summary>
internal static class Opening
{
    public static Device Device(string kind, int? threads, string? scheduleFile = null)
    {
        if (threads is < 1)
            throw new UsageException($"--threads is {threads}; it must be 1 or more.");
        return KernelFoundry.Device.Open(new DeviceOptions
        {
            Kind = kind switch
            {
                "cpu" => DeviceKind.Cpu,
                "opencl" => DeviceKind.OpenCl,
                "cuda" => DeviceKind.Cuda,
                "reference" => DeviceKind.Reference,
                _ => null,
            },
            Threads = threads,
            ScheduleFile = scheduleFile,
            Warning = Warn,
        });
    }

    /// <summary>Says what goes on without something that was asked for.</summary>
    public static void Warn(string text) => Console.Error.WriteLine($"kf: {text}");

    /// <summary>What --device calls the device.</summary>
    public static string NameOf(Device device) => device.Kind.ToString().ToLowerInvariant();

    /// <summary>A GGUF file, or a folder with safetensors as the GGUF file it would become.</summary>
    /// <exception cref="ModelFileException">There is no such file, or it may not be read.</exception>
    public static GgufFile File(string path)
    {
        try
        {
            return HuggingFaceModel.IsAt(path) ? HuggingFaceModel.Open(path).File : GgufFile.Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ModelFileException(path, error);
        }
    }

    /// <exception cref="ModelFileException">There is no such file, or it may not be read.</exception>
    public static Tokenizer Tokenizer(string path)
    {
        try
        {
            return TokenizerFactory.Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ModelFileException(path, error);
        }
    }

    /// <exception cref="ModelFileException">There is no such file, or it may not be read.</exception>
    public static IReadOnlyList<AddVector> ControlVectors(string path, ModelConfiguration model, float scale)
    {
        try
        {
            return ControlVector.Read(path, model, scale);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ModelFileException(path, error);
        }
    }

    /// <exception cref="UsageException">The cache cannot hold the model's heads.</exception>
    public static LanguageModel Model(string path, Device device, ModelOptions options)
    {
        using var progress = new ProgressBar("Loading", 1);
        try
        {
            return LanguageModel.Open(path, device, options with { LoadProgress = progress });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ModelFileException(path, error);
        }
        catch (NotSupportedException error)
        {
            throw new UsageException(error.Message, error);
        }
    }
}
