namespace KernelFoundry.Inference.Models;

/// <summary>What becomes of a layer's attention scores.</summary>
/// <param name="Scale">Their factor.</param>
/// <param name="Window">Positions a position attends to, itself included; <see cref="int.MaxValue"/> for all before it.</param>
/// <param name="SoftCap">Their bound; 0 for none.</param>
/// <param name="Sinks">A sink's score, [heads]; empty for none.</param>
/// <param name="IsBidirectional">Whether later positions are attended to.</param>
internal readonly record struct LayerAttention(float Scale, int Window, float SoftCap, View1<float> Sinks, bool IsBidirectional);
