using System.Globalization;

namespace KernelFoundry.Gpu;

/// <summary>What the command line says behind the command and the folder.</summary>
internal sealed class GpuOptions
{
    public GpuOptions(string[] arguments)
    {
        for (int i = 0; i < arguments.Length && Unknown is null; i++)
        {
            switch (arguments[i])
            {
                case "--emulated":
                    IsEmulated = true;
                    break;
                case "--quick":
                    IsQuick = true;
                    break;
                case "--kernel" or "--model" or "--tokens" when i + 1 == arguments.Length:
                    Unknown = $"{arguments[i]} needs a value";
                    break;
                case "--kernel":
                    Kernel = arguments[++i];
                    break;
                case "--model":
                    Model = arguments[++i];
                    break;
                case "--tokens" when int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out int tokens) && tokens > 0:
                    Tokens = tokens;
                    i++;
                    break;
                default:
                    Unknown = $"unknown option {arguments[i]}";
                    break;
            }
        }
    }

    public bool IsEmulated { get; }

    public bool IsQuick { get; }

    public string? Kernel { get; }

    public string? Model { get; }

    public int Tokens { get; } = 128;

    /// <summary>What is wrong with the command line; null if nothing.</summary>
    public string? Unknown { get; }
}
