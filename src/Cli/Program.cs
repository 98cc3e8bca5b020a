using KernelFoundry.Cli.Commands;

return await Tool.RunAsync(args);
