namespace KernelFoundry.Cli.Output;

/// <summary>How much code a kernel became when its assembly was built: variants, and the characters of C#, OpenCL C and PTX that they are together.</summary>
internal sealed record KernelSize(int Variants, int CSharp, int OpenCl, int Ptx);
