using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Extensions.AI;

/// <summary>What <c>services.AddKernelFoundry(...)</c> opens.</summary>
public sealed class KernelFoundryOptions
{
    /// <summary>Path of the GGUF file, or of a folder with safetensors.</summary>
    public string ModelPath { get; set; } = "";

    /// <summary>Kind of the device; null for the best there is.</summary>
    public DeviceKind? Device { get; set; }

    /// <summary>Threads of the CPU device; null for one a processor.</summary>
    public int? Threads { get; set; }

    /// <summary>How the model is opened.</summary>
    public ModelOptions Model { get; set; } = new();

    /// <summary>
    /// Name of a template among <see cref="NamedChatTemplates"/>, for a model that comes without one; null for the model's own.
    /// </summary>
    public string? ChatTemplate { get; set; }

    /// <summary>What holds where a request says nothing else.</summary>
    public ChatSettings Chat { get; set; } = new();

    /// <summary>How the states of a text's tokens become one vector; null for what the model's file says, or the mean.</summary>
    public EmbeddingPooling? Pooling { get; set; }
}
