import CopyPlugin from "copy-webpack-plugin";

export default {
  mode: "production",
  entry: "./main.js",
  // Modules, not scripts: what is loaded later comes by `import()`, which Trusted Types let pass.
  experiments: { outputModule: true },
  output: { module: true, filename: "[name].js", chunkFilename: "[name].js", clean: true },
  plugins: [new CopyPlugin({ patterns: ["index.html"] })],
};
