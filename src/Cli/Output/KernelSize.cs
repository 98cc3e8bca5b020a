namespace KernelFoundry.Cli.Output;

/// <summary>How much code a kernel became when its assembly was built: variants, and the characters of C# and OpenCL C that they are together.</summary>
internal sealed record KernelSize(int Variants, int CSharp, int OpenCl);
