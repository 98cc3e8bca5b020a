namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>How it goes on after a statement.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}
