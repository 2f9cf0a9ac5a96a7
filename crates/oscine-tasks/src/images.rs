//! A folder of images: one folder in it for each class, named as the class; PNG or JPEG, all of one size.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use oscine_network::{Examples, Shape, Targets};

use crate::TaskError;

/// Reads a folder. Pixels from 0 to 1: one number where no image has colours, else red, green and blue.
///
/// # Errors
/// A folder without classes, a file that is no image, images of several sizes.
pub(crate) fn read(folder: &Path) -> Result<Examples, TaskError> {
    let (mut images, mut of, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for class in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let before = images.len();
        for path in entries(&class)? {
            images.push((open(&path)?, path));
            of.push(names.len() as u32);
        }
        if images.len() == before {
            return Err(unreadable(
                &class,
                "it is the folder of a class, and no image is in it",
            ));
        }
        names.push(
            class
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        );
    }
    let Some((first, first_path)) = images.first() else {
        return Err(unreadable(
            folder,
            "it has no folder of images; put those of each class into a folder named as the class",
        ));
    };
    let (width, height) = (first.width, first.height);
    let has_colours = images.iter().any(|(image, _)| image.has_colours);
    let mut inputs = Vec::new();
    for (image, path) in &images {
        if (image.width, image.height) != (width, height) {
            let reason = format!(
                "it is {} x {} pixels, and {} is {width} x {height}; all images must have one size",
                image.width,
                image.height,
                first_path.display()
            );
            return Err(unreadable(path, &reason));
        }
        put(image, has_colours, &mut inputs);
    }
    Ok(Examples {
        inputs,
        shape: Shape {
            channels: if has_colours { 3 } else { 1 },
            height,
            width,
        },
        targets: Targets::Classes { of, names },
    })
}

/// What is in a folder, by name; what is hidden is left out.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let wrong = |error: std::io::Error| unreadable(folder, &error.to_string());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// An image, its pixels together: shade, or red, green and blue.
struct Picture {
    width: usize,
    height: usize,
    has_colours: bool,
    values: Vec<u8>,
}

fn open(path: &Path) -> Result<Picture, TaskError> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error.to_string()))?;
    let picture = if bytes.starts_with(&[0xff, 0xd8]) {
        jpeg(&bytes)
    } else {
        png(&bytes)
    };
    picture.map_err(|reason| {
        let reason = format!("it cannot be read as an image, PNG or JPEG ({reason})");
        unreadable(path, &reason)
    })
}

fn png(bytes: &[u8]) -> Result<Picture, String> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(
        png::Transformations::normalize_to_color8() | png::Transformations::STRIP_16,
    );
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let size = reader.output_buffer_size().ok_or("it is too large")?;
    let mut values = vec![0; size];
    let info = reader.next_frame(&mut values);
    let info = info.map_err(|error| error.to_string())?;
    values.truncate(info.buffer_size());
    // How opaque a pixel is does not count.
    let (all, kept) = (
        info.color_type.samples(),
        if info.color_type.samples() < 3 { 1 } else { 3 },
    );
    let kept_values = values.chunks_exact(all).flat_map(|pixel| &pixel[..kept]);
    Ok(Picture {
        width: info.width as usize,
        height: info.height as usize,
        has_colours: kept == 3,
        values: kept_values.copied().collect(),
    })
}

fn jpeg(bytes: &[u8]) -> Result<Picture, String> {
    let said = |error: zune_jpeg::errors::DecodeErrors| error.to_string();
    let mut decoder = JpegDecoder::new(ZCursor::new(bytes));
    decoder.decode_headers().map_err(said)?;
    let has_colours = decoder.input_colorspace() != Some(ColorSpace::Luma);
    let space = if has_colours {
        ColorSpace::RGB
    } else {
        ColorSpace::Luma
    };
    decoder.set_options(DecoderOptions::default().jpeg_set_out_colorspace(space));
    let values = decoder.decode().map_err(said)?;
    let (width, height) = decoder.dimensions().ok_or("it says no size")?;
    Ok(Picture {
        width,
        height,
        has_colours,
        values,
    })
}

/// Channel after channel, row after row.
fn put(picture: &Picture, has_colours: bool, inputs: &mut Vec<f32>) {
    let channels = if has_colours { 3 } else { 1 };
    // A picture without colours has its shade in each.
    let places = |channel| match picture.has_colours {
        true => (channel, 3),
        false => (0, 1),
    };
    for channel in 0..channels {
        let (skipped, step) = places(channel);
        let values = picture.values.iter().skip(skipped).step_by(step);
        inputs.extend(values.map(|&value| f32::from(value) / 255.0));
    }
}

fn unreadable(path: &Path, reason: &str) -> TaskError {
    TaskError::Unreadable {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(path: PathBuf, (width, height): (u32, u32), kind: png::ColorType, values: &[u8]) {
        let file = fs::File::create(path).unwrap();
        let mut encoder = png::Encoder::new(file, width, height);
        encoder.set_color(kind);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(values).unwrap();
    }

    fn folder(classes: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for class in classes {
            fs::create_dir(folder.path().join(class)).unwrap();
        }
        folder
    }

    fn grey(path: PathBuf, width: u32, height: u32) {
        let shades = (0..height).flat_map(|y| (0..width).map(move |x| (10 * y + x) as u8));
        let shades: Vec<u8> = shades.collect();
        save(path, (width, height), png::ColorType::Grayscale, &shades);
    }

    #[test]
    fn each_folder_is_a_class() {
        let folder = folder(&["panda", "sloth"]);
        grey(folder.path().join("sloth/a.png"), 3, 2);
        grey(folder.path().join("panda/b.png"), 3, 2);
        let examples = read(folder.path()).unwrap();
        let row = [0.0, 1.0, 2.0, 10.0, 11.0, 12.0].map(|shade: f32| shade / 255.0);
        assert_eq!(examples.inputs, [row, row].concat());
        assert_eq!((examples.shape.height, examples.shape.width), (2, 3));
        let names = ["panda", "sloth"].map(str::to_owned).to_vec();
        assert_eq!(
            examples.targets,
            Targets::Classes {
                of: vec![0, 1],
                names
            }
        );
    }

    #[test]
    fn colours_are_three_channels() {
        let folder = folder(&["one"]);
        let pixels = [255, 0, 0, 7, 255, 0, 255, 7];
        let path = folder.path().join("one/a.png");
        save(path, (2, 1), png::ColorType::Rgba, &pixels);
        let examples = read(folder.path()).unwrap();
        assert_eq!(examples.shape.channels, 3);
        assert_eq!(examples.inputs, [1.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn a_jpeg_file_is_read_to_its_precision() {
        let folder = folder(&["one"]);
        let pixels: Vec<u8> = (0..16 * 16).flat_map(|_| [200, 40, 90]).collect();
        let encoder =
            jpeg_encoder::Encoder::new_file(folder.path().join("one/a.jpg"), 100).unwrap();
        let kind = jpeg_encoder::ColorType::Rgb;
        encoder.encode(&pixels, 16, 16, kind).unwrap();
        let examples = read(folder.path()).unwrap();
        let means = examples.inputs.chunks(256);
        let means = means.map(|channel| channel.iter().sum::<f32>() / 256.0 * 255.0);
        for (mean, wanted) in means.zip([200.0, 40.0, 90.0]) {
            assert!((mean - wanted).abs() < 3.0, "{mean} for {wanted}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = |folder: &tempfile::TempDir| read(folder.path()).unwrap_err().to_string();
        let folder = folder(&[]);
        assert!(said(&folder).contains("no folder of images"));
        fs::create_dir(folder.path().join("one")).unwrap();
        assert!(said(&folder).contains("no image is in it"));
        grey(folder.path().join("one/a.png"), 3, 2);
        grey(folder.path().join("one/b.png"), 2, 2);
        assert!(
            said(&folder).contains("b.png: it is 2 x 2 pixels"),
            "{}",
            said(&folder)
        );
        fs::write(folder.path().join("one/b.png"), "no image").unwrap();
        assert!(said(&folder).contains("b.png: it cannot be read as an image"));
    }
}
