// report.html: the findings as one page without network, for people.
#ifndef PYSLOW_SWEEP_RENDER_HTML_REPORT_H_
#define PYSLOW_SWEEP_RENDER_HTML_REPORT_H_

#include <string>

#include "sweep/render/findings.h"

namespace pyslow::render {

// Valid UTF-8 whatever the names. The plots are drawn by `gnuplot`, a program; where that cannot be
// started or fails the page says so in their place, and is whole otherwise.
std::string HtmlReport(const Findings& findings, const std::string& gnuplot = "gnuplot");

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_HTML_REPORT_H_
